// From the words of the command line to the command that they name, and its exit code.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace partnerd::cli {

// `words` are the arguments without the program's name. Knows --help (also -h, also behind a command), --version and `help [command]`
// itself. A wrong command line is explained on `err` with the nearest right word, and gives exit_usage; a Refused or another exception of a
// command is shown as one line without secrets and gives exit_failed. [main]
int dispatch(std::span<Command const* const> commands, std::vector<std::string> const& words, std::ostream& out, std::ostream& err);

}  // namespace partnerd::cli
