// What help shows.
#pragma once

#include <iosfwd>
#include <span>

#include "cli/command.hpp"

namespace partnerd::cli {

void print_overview(std::span<Command const* const> commands, std::ostream& out);
void print_manual(Command const& command, std::ostream& out);  // NAME SYNOPSIS DESCRIPTION OPTIONS EXIT STATUS EXAMPLES

// The options of a command, with --help and, where it is configured, --config and --set.
boost::program_options::options_description all_options(Command const& command);

}  // namespace partnerd::cli
