#include "cli/dispatch.hpp"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <exception>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "config/suggest.hpp"
#include "domain/result.hpp"
#include "logging/scrub.hpp"

namespace partnerd::cli {

namespace po = boost::program_options;

namespace {

using Commands = std::span<Command const* const>;
using Words = std::vector<std::string>;

struct Found {
    Command const* command = nullptr;
    std::size_t words = 0;  // that its name takes
};

// The longest name wins, so that "key create" is found before "key".
Found find(Commands commands, Words const& words) {
    Found found;
    for (auto const* command : commands) {
        auto const count = static_cast<std::size_t>(std::count(command->name.begin(), command->name.end(), ' ')) + 1;
        if (words.size() < count || count <= found.words) continue;
        auto const name = count == 1 ? words[0] : words[0] + ' ' + words[1];
        if (name == command->name) found = {command, count};
    }
    return found;
}

int unknown_command(Commands commands, Words const& words, std::ostream& err) {
    Words names;
    for (auto const* command : commands) names.emplace_back(command->name);
    auto const family = std::any_of(names.begin(), names.end(), [&](auto const& name) { return name.starts_with(words[0] + ' '); });
    auto const shown = family && words.size() > 1 ? words[0] + ' ' + words[1] : words[0];
    err << "partnerd: there is no command '" << logging::scrub(shown) << "'.";
    auto const meant = config::nearest(shown, names);
    if (!meant.empty()) err << " Did you mean '" << meant << "'?";
    else if (family) {
        err << " There are:";
        for (auto const& name : names)
            if (name.starts_with(words[0] + ' ')) err << "\n  partnerd " << name;
    }
    err << "\n`partnerd help` lists the commands.\n";
    return exit_usage;
}

// "partnerd key", "partnerd key --help", "partnerd help key": the commands that begin with the word. False when none does.
bool print_family(Commands commands, Words const& words, std::ostream& out) {
    bool const asks = words.size() == 1 || words[1] == "--help" || words[1] == "-h";
    auto const of_family = [&](Command const* command) { return command->name.starts_with(words[0] + ' '); };
    if (!asks || std::none_of(commands.begin(), commands.end(), of_family)) return false;
    for (auto const* command : commands)
        if (of_family(command)) out << "partnerd " << command->name << "  " << command->summary << '\n';
    return true;
}

int wrong_usage(Command const& command, std::string const& what, std::ostream& err) {
    err << "partnerd " << command.name << ": " << logging::scrub(what) << "\nUsage: " << command.synopsis << "\n`partnerd help "
        << command.name << "` explains it.\n";
    return exit_usage;
}

std::string with_suggestion(po::unknown_option const& error, po::options_description const& options) {
    auto const given = error.get_option_name();
    Words names;
    for (auto const& option : options.options()) names.push_back("--" + option->long_name());
    auto const meant = config::nearest(given.substr(0, given.find('=')), names);
    return std::string("there is no option '") + given + "'." + (meant.empty() ? "" : " Did you mean '" + meant + "'?");
}

// Abbreviated options are refused: a later version may add one that makes the abbreviation mean something else.
constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

Words parse(Command const& command, po::options_description const& visible, Words const& words, po::variables_map& values) {
    po::options_description all;
    all.add(visible).add_options()("arguments", po::value<Words>());
    po::positional_options_description positional;
    positional.add("arguments", -1);
    po::store(po::command_line_parser(words).options(all).positional(positional).style(style).run(), values);
    if (values.count("help") != 0) return {};
    po::notify(values);
    auto arguments = values.count("arguments") != 0 ? values["arguments"].as<Words>() : Words{};
    auto const count = static_cast<int>(arguments.size());
    if (count < command.arguments_min) throw UsageError{"an argument is missing"};
    if (count > command.arguments_max)
        throw UsageError{"'" + arguments[static_cast<std::size_t>(command.arguments_max)] + "' is one argument too many"};
    return arguments;
}

int run(Command const& command, Words const& words, std::ostream& out, std::ostream& err) {
    auto const options = all_options(command);
    try {
        Invocation invocation{{}, {}, out, err};
        invocation.arguments = parse(command, options, words, invocation.options);
        if (invocation.has("help")) return print_manual(command, out), exit_ok;
        return command.run(invocation);
    } catch (UsageError const& error) {
        return wrong_usage(command, error.what, err);
    } catch (po::unknown_option const& error) {
        return wrong_usage(command, with_suggestion(error, options), err);
    } catch (po::error const& error) {
        return wrong_usage(command, error.what(), err);
    } catch (std::exception const& error) {
        err << "partnerd " << command.name << ": " << logging::scrub(error.what()) << '\n';
        return exit_failed;
    }
}

int help(Commands commands, Words const& words, std::ostream& out, std::ostream& err) {
    if (words.empty()) return print_overview(commands, out), exit_ok;
    auto const found = find(commands, words);
    if (found.command == nullptr) return print_family(commands, words, out) ? exit_ok : unknown_command(commands, words, err);
    return print_manual(*found.command, out), exit_ok;
}

}  // namespace

int dispatch(Commands commands, Words const& words, std::ostream& out, std::ostream& err) {
    if (words.empty()) return print_overview(commands, err), exit_usage;
    auto const& first = words[0];
    Words const rest(words.begin() + 1, words.end());
    if (first == "--help" || first == "-h") return help(commands, {}, out, err);
    if (first == "help" && (rest.empty() || !rest[0].starts_with("-"))) return help(commands, rest, out, err);
    if (first == "--version") return run(version_command, rest, out, err);
    auto const found = find(commands, words);
    if (found.command == nullptr && words.size() > 1 && print_family(commands, words, out)) return exit_ok;
    if (found.command == nullptr) return unknown_command(commands, words, err);
    return run(*found.command, {words.begin() + static_cast<std::ptrdiff_t>(found.words), words.end()}, out, err);
}

}  // namespace partnerd::cli
