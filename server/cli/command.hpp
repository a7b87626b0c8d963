// A command of the program: what it is called, what it takes, what it does. One file a command; commands.cpp lists them all.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace partnerd::cli {

enum ExitCode : int {
    exit_ok = 0,
    exit_failed = 1,       // refused, or failed
    exit_usage = 2,        // the command line is wrong; nothing was done
    exit_differences = 3,  // verify looked and found differences
};

// One run of a command. [main]
struct Invocation {
    boost::program_options::variables_map options;
    std::vector<std::string> arguments;
    std::ostream& out;  // results
    std::ostream& err;  // what a person should know; never a result

    bool has(char const* name) const { return options.count(name) != 0; }
    // The option's text; empty when it was not given and has no default.
    std::string text(char const* name) const { return has(name) ? options[name].as<std::string>() : std::string(); }
};

// All texts live for ever. `help` shows them as the sections of a man page; OPTIONS and EXIT STATUS are made from the rest.
struct Command {
    std::string_view name;         // "check", or two words: "key create"
    std::string_view summary;      // one line, without a full stop
    std::string_view synopsis;     // "partnerd check [--json]"
    std::string_view description;  // paragraphs of at most 80 columns
    std::string_view examples;     // lines; commands begin with "$ "
    int arguments_min = 0, arguments_max = 0;
    bool configured = false;         // takes --config and --set as well (see configuration.hpp)
    bool finds_differences = false;  // may exit with exit_differences
    void (*options)(boost::program_options::options_description& options) = nullptr;
    int (*run)(Invocation& invocation) = nullptr;
};

// Thrown by run() where the options contradict each other: shown with the synopsis, exit_usage.
struct UsageError {
    std::string what;
};

}  // namespace partnerd::cli
