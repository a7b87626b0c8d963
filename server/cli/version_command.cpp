#include <boost/version.hpp>
#include <ostream>

#include "cli/commands.hpp"

namespace partnerd::cli {

namespace po = boost::program_options;

Command const version_command{
    .name = "version",
    .summary = "show the version",
    .synopsis = "partnerd version [--json]",
    .description = "Shows the version of the program, and with --json also what it was built with.",
    .examples = "$ partnerd version\npartnerd " PARTNERD_VERSION,
    .options = [](po::options_description& options) { options.add_options()("json", "as a JSON object"); },
    .run = [](Invocation& invocation) -> int {
        if (!invocation.has("json")) return invocation.out << "partnerd " PARTNERD_VERSION "\n", exit_ok;
        invocation.out << R"({"name":"partnerd","version":")" PARTNERD_VERSION R"(","compiler":")" __VERSION__
                          R"(","boost":")" BOOST_LIB_VERSION "\"}\n";
        return exit_ok;
    },
};

}  // namespace partnerd::cli
