#include "cli/commands.hpp"
#include "cli/help.hpp"

namespace partnerd::cli {

// dispatch() answers `help` itself, since it alone knows the list it was given; what is here is for `help help` and for the list.
Command const help_command{
    .name = "help",
    .summary = "explain a command",
    .synopsis = "partnerd help [COMMAND]",
    .description = "Without a command, lists them all. `partnerd COMMAND --help` is the same.",
    .examples = "$ partnerd help check",
    .arguments_max = 2,
    .run = [](Invocation& invocation) -> int {
        print_overview(commands(), invocation.out);
        return exit_ok;
    },
};

}  // namespace partnerd::cli
