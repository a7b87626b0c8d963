#include <boost/json.hpp>
#include <ostream>

#include "cli/answer.hpp"
#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/door.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;
namespace json = boost::json;

int refuse(Invocation& invocation, imports::Answer const& answer) {
    invocation.err << "partnerd: " << problem_text(answer) << '\n';
    return exit_failed;
}

int run_create(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    json::object body{{"kind", invocation.text("kind")}};
    for (auto const* const name : {"program", "partner", "label"})
        if (invocation.has(name)) body[name] = invocation.text(name);
    if (invocation.has("read-only")) body["scopes"] = "read";
    if (invocation.has("test")) body["test"] = true;
    auto opened = open_door(*config);
    auto const answer = host::ask(*opened.door, {"POST", "/v1/keys", json::serialize(body)});
    if (is_refusal(answer)) return refuse(invocation, answer);
    if (invocation.has("json")) {
        invocation.out << answer.body << '\n';
        return exit_ok;
    }
    auto const value = json_of(answer);
    invocation.out << std::string(value.as_object().at("key").as_string()) << '\n';
    invocation.err << "This is the only time the key is shown: the server keeps its digest.\n";
    return exit_ok;
}

int run_list(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    auto opened = open_door(*config);
    auto const answer = host::ask(*opened.door, {"GET", invocation.has("json") ? "/v1/keys?limit=100" : "/v1/keys?limit=100&format=csv", ""});
    if (is_refusal(answer)) return refuse(invocation, answer);
    invocation.out << answer.body << (invocation.has("json") ? "\n" : "");
    return exit_ok;
}

int run_revoke(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    auto opened = open_door(*config);
    auto const answer = host::ask(*opened.door, {"DELETE", "/v1/keys/" + invocation.arguments.at(0), ""});
    if (answer.status == 404) {
        invocation.err << "partnerd: there is no key '" << invocation.arguments.at(0) << "'; `partnerd key list` shows the keys with their ids\n";
        return exit_failed;
    }
    if (is_refusal(answer)) return refuse(invocation, answer);
    invocation.err << "The key no longer opens anything.\n";
    return exit_ok;
}

}  // namespace

Command const key_create_command{
    .name = "key create",
    .summary = "make an API key and show it once",
    .synopsis = "partnerd key create --kind KIND [--program P] [--partner H] [--test] [--label TEXT] [--json]",
    .description = "Makes a key for an operator (everything), a merchant (reports conversions of one program and reads\n"
                   "it) or a partner (sees its own). The key goes to standard output, nothing else does.\n"
                   "\n"
                   "Works beside a running server, through the Unix socket next to its database.",
    .examples = "$ KEY=$(partnerd key create --kind operator --label laptop)\n"
                "$ partnerd key create --kind merchant --program retail --label 'shop back end'",
    .configured = true,
    .options =
        [](po::options_description& options) {
            options.add_options()("kind", po::value<std::string>()->default_value("operator"), "operator, merchant or partner");
            options.add_options()("program", po::value<std::string>(), "of a merchant: its program, by handle");
            options.add_options()("partner", po::value<std::string>(), "of a partner: its handle");
            options.add_options()("label", po::value<std::string>(), "for people: where the key is used");
            options.add_options()("test", "conversions it reports are tests: a full trace, no posting");
            options.add_options()("read-only", "may only read");
            options.add_options()("json", "the whole answer as a JSON object");
        },
    .run = run_create,
};

Command const key_list_command{
    .name = "key list",
    .summary = "list the API keys, without their secrets",
    .synopsis = "partnerd key list [--json]",
    .description = "Lists keys with their id, kind, label and times, newest first.",
    .examples = "$ partnerd key list",
    .configured = true,
    .options = [](po::options_description& options) { options.add_options()("json", "as JSON instead of CSV"); },
    .run = run_list,
};

Command const key_revoke_command{
    .name = "key revoke",
    .summary = "revoke an API key by its id",
    .synopsis = "partnerd key revoke ID",
    .description = "From now on the key opens nothing, on all nodes.",
    .examples = "$ partnerd key revoke key_0d7t2k9x4m1qe",
    .arguments_min = 1,
    .arguments_max = 1,
    .configured = true,
    .run = run_revoke,
};

}  // namespace partnerd::cli
