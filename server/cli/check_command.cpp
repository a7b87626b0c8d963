#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "config/print.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;
namespace json = boost::json;

json::value json_of(config::Problem const& problem) {
    json::object out{{"source", problem.source}, {"key", problem.key}, {"what", problem.what}, {"way_out", problem.way_out}};
    if (problem.line > 0) out["line"] = problem.line;
    if (problem.column > 0) out["column"] = problem.column;
    return out;
}

void print_result_json(config::Loaded const& loaded, bool with_config, std::ostream& out) {
    json::array problems;
    for (auto const& problem : loaded.problems) problems.push_back(json_of(problem));
    json::object result{{"ok", loaded.problems.empty()}, {"file", loaded.config.file}, {"problems", std::move(problems)}};
    if (with_config) result["config"] = json::parse(config::print_json(loaded.config));
    out << json::serialize(result) << '\n';
}

void print_result(config::Loaded const& loaded, bool with_config, Invocation& invocation) {
    if (with_config) invocation.out << config::print_toml(loaded.config);
    if (!loaded.problems.empty()) {
        invocation.err << config::list(loaded.problems) << loaded.problems.size()
                       << (loaded.problems.size() == 1 ? " problem.\n" : " problems.\n");
        return;
    }
    if (!with_config)
        invocation.out << (loaded.config.file.empty() ? "No file: the defaults" : loaded.config.file) << ": the configuration is valid.\n";
}

int run_check(Invocation& invocation) {
    auto loaded = config::load(config_sources(invocation));
    auto const missing = config::check_files(loaded.config);
    loaded.problems.insert(loaded.problems.end(), missing.begin(), missing.end());
    if (invocation.has("json")) print_result_json(loaded, invocation.has("print"), invocation.out);
    else print_result(loaded, invocation.has("print"), invocation);
    return loaded.problems.empty() ? exit_ok : exit_failed;
}

}  // namespace

Command const check_command{
    .name = "check",
    .summary = "check the configuration without starting anything",
    .synopsis = "partnerd check [--json] [--print] [--config FILE] [--set KEY=VALUE]...",
    .description =
        "Reads the configuration as `partnerd serve` would and reports every problem, each with its\n"
        "file, line, column and key, what is wrong and the way out. Touches no database and opens no port.\n"
        "\n"
        "A value is taken from --set, else from the environment (PARTNERD__SECTION__KEY, for example\n"
        "PARTNERD__SERVER__LISTEN), else from the file, else it is the default. storage.url_file and\n"
        "PARTNERD__STORAGE__URL_FILE name a file that holds the URL, so that its password is nowhere else.",
    .examples =
        "$ partnerd check --config /etc/partnerd/partnerd.toml\n"
        "/etc/partnerd/partnerd.toml: the configuration is valid.\n"
        "$ partnerd check --print --set server.listen=0.0.0.0:80",
    .configured = true,
    .options =
        [](po::options_description& options) {
            options.add_options()("json", "the result as a JSON object");
            options.add_options()("print", "show the configuration in force, with secrets masked");
        },
    .run = run_check,
};

}  // namespace partnerd::cli
