#include "cli/commands.hpp"

namespace partnerd::cli {

namespace {
constexpr Command const* table[] = {
    &check_command,
    &version_command,
    &help_command,
};
}  // namespace

std::span<Command const* const> commands() { return table; }

}  // namespace partnerd::cli
