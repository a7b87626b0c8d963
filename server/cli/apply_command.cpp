#include <boost/json.hpp>
#include <ostream>

#include "cli/answer.hpp"
#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/door.hpp"
#include "config/apply_file.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;
namespace json = boost::json;

std::string plain(json::value const& value) { return value.is_string() ? std::string(value.get_string()) : json::serialize(value); }

// "+ partner acme", "~ program retail" with a line a field, "= ..." for what stays.
void show_changes(json::array const& changes, std::ostream& out) {
    for (auto const& element : changes) {
        auto const& change = element.as_object();
        auto const what = plain(change.at("change"));
        char const sign = what == "create" ? '+' : what == "update" ? '~' : '=';
        out << sign << ' ' << plain(change.at("noun")) << ' ' << plain(change.at("handle")) << '\n';
        auto const* const fields = change.if_contains("fields");
        if (fields == nullptr || !fields->is_object()) continue;
        for (auto const& field : fields->get_object()) {
            auto const& pair = field.value().as_object();
            auto const* const before = pair.if_contains("before");
            out << "    " << field.key() << ": ";
            if (before != nullptr && !before->is_null()) out << plain(*before) << " -> ";
            out << plain(pair.at("after")) << '\n';
        }
    }
}

bool anything_changes(json::array const& changes) {
    return std::any_of(changes.begin(), changes.end(), [](json::value const& change) { return change.as_object().at("change") != "none"; });
}

int refuse(Invocation& invocation, config::ApplyFile const& file, imports::Answer const& answer) {
    auto const value = json_of(answer);
    auto const* const pointer = value.is_object() ? value.get_object().if_contains("pointer") : nullptr;
    if (pointer != nullptr && pointer->is_string()) invocation.err << file.place_of(pointer->get_string()) << ": ";
    else invocation.err << file.file << ": ";
    invocation.err << problem_text(answer) << "\nNothing was changed.\n";
    return exit_failed;
}

int run_apply(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    auto const read = config::read_apply_file(invocation.arguments.at(0));
    if (auto const* const problem = std::get_if<config::Problem>(&read)) {
        invocation.err << config::list({*problem});
        return exit_failed;
    }
    auto const& file = std::get<config::ApplyFile>(read);
    auto opened = open_door(*config);
    auto const plan = host::ask(*opened.door, {"POST", "/v1/apply?dry_run=1", file.json});
    if (is_refusal(plan)) return refuse(invocation, file, plan);
    auto const changes = json_of(plan).as_object().at("changes").as_array();
    bool const as_json = invocation.has("json");
    if (!as_json) show_changes(changes, invocation.out);
    if (!anything_changes(changes) || invocation.has("dry-run")) {
        if (as_json) invocation.out << plan.body << '\n';
        else invocation.err << (anything_changes(changes) ? "Nothing was changed: this was a dry run.\n" : "Everything is as the file says.\n");
        return exit_ok;
    }
    auto const answer = host::ask(*opened.door, {"POST", "/v1/apply", file.json});
    if (is_refusal(answer)) return refuse(invocation, file, answer);
    if (as_json) invocation.out << answer.body << '\n';
    else invocation.err << "Applied.\n";
    return exit_ok;
}

}  // namespace

Command const apply_command{
    .name = "apply",
    .summary = "create or change a program, its terms, plugins and partners from a file",
    .synopsis = "partnerd apply FILE.toml [--dry-run] [--json]",
    .description = "Shows the difference between the file and the server first (+ new, ~ changed, = as it is), then makes\n"
                   "it so, whole or not at all. Applying a file twice changes nothing.\n"
                   "\n"
                   "Terms in force are never edited: changed rules become a new version, which takes effect after the\n"
                   "notice period; while the program is a draft or has no conversions, at once. What is wrong is shown\n"
                   "with its file, line and key.\n"
                   "\n"
                   "Works beside a running server, through the Unix socket next to its database.",
    .examples = "$ partnerd apply --dry-run etc/demo/retail.toml\n"
                "$ partnerd apply etc/demo/retail.toml",
    .arguments_min = 1,
    .arguments_max = 1,
    .configured = true,
    .options =
        [](po::options_description& options) {
            options.add_options()("dry-run", "only show the difference");
            options.add_options()("json", "the difference as a JSON object");
        },
    .run = run_apply,
};

}  // namespace partnerd::cli
