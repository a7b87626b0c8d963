// The list of commands, in the order in which help shows them.
#pragma once

#include <span>

#include "cli/command.hpp"

namespace partnerd::cli {

std::span<Command const* const> commands();

extern Command const check_command;
extern Command const help_command;
extern Command const version_command;

}  // namespace partnerd::cli
