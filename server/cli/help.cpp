#include "cli/help.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <iomanip>
#include <ostream>

namespace partnerd::cli {

namespace po = boost::program_options;

namespace {

constexpr unsigned columns = 100;

void print_indented(std::string_view text, std::ostream& out) {
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        out << (line.empty() ? "" : "    ") << line << '\n';
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
}

void print_section(std::string_view title, std::string_view text, std::ostream& out) {
    if (text.empty()) return;
    out << '\n' << title << '\n';
    print_indented(text, out);
}

}  // namespace

po::options_description all_options(Command const& command) {
    po::options_description options(columns);
    if (command.options != nullptr) command.options(options);
    if (command.configured) {
        options.add_options()("config,c", po::value<std::string>()->value_name("FILE"),
                              "the configuration; without it $PARTNERD_CONFIG, ./partnerd.toml, /etc/partnerd/partnerd.toml");
        options.add_options()("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
                              "a key of the configuration, above the file and the environment; may be repeated");
    }
    options.add_options()("help,h", "show this text");
    return options;
}

void print_overview(std::span<Command const* const> commands, std::ostream& out) {
    out << "partnerd: a self-hosted server for partner programs\n\nUsage: partnerd COMMAND [OPTION]...\n\nCommands:\n";
    for (auto const* command : commands) out << "  " << std::left << std::setw(16) << command->name << ' ' << command->summary << '\n';
    out << "\n`partnerd help COMMAND` explains one. Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 verify found differences.\n";
}

void print_manual(Command const& command, std::ostream& out) {
    out << "NAME\n    partnerd " << command.name << " - " << command.summary << '\n';
    print_section("SYNOPSIS", command.synopsis, out);
    print_section("DESCRIPTION", command.description, out);
    out << "\nOPTIONS\n" << all_options(command);
    out << "\nEXIT STATUS\n    0   done\n    1   refused, or failed\n    2   the command line is wrong; nothing was done\n";
    if (command.finds_differences) out << "    3   differences were found\n";
    print_section("EXAMPLES", command.examples, out);
}

}  // namespace partnerd::cli
