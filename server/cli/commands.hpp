// The list of commands, in the order in which help shows them.
#pragma once

#include <span>

#include "cli/command.hpp"

namespace partnerd::cli {

std::span<Command const* const> commands();

extern Command const serve_command;
extern Command const apply_command;
extern Command const import_command;
extern Command const report_command;
extern Command const verify_command;
extern Command const migrate_command;
extern Command const key_create_command;
extern Command const key_list_command;
extern Command const key_revoke_command;
extern Command const plugin_list_command;
extern Command const plugin_info_command;
extern Command const openapi_command;
extern Command const demo_command;
extern Command const check_command;
extern Command const help_command;
extern Command const version_command;

}  // namespace partnerd::cli
