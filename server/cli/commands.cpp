#include "cli/commands.hpp"

namespace partnerd::cli {

namespace {
constexpr Command const* table[] = {
    &serve_command,
    &check_command,
    &apply_command,
    &import_command,
    &report_command,
    &verify_command,
    &migrate_command,
    &key_create_command,
    &key_list_command,
    &key_revoke_command,
    &plugin_list_command,
    &plugin_info_command,
    &openapi_command,
    &demo_command,
    &version_command,
    &help_command,
};
}  // namespace

std::span<Command const* const> commands() { return table; }

}  // namespace partnerd::cli
