#include <boost/json.hpp>
#include <filesystem>
#include <ostream>

#include "cli/answer.hpp"
#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/door.hpp"
#include "config/apply_file.hpp"
#include "imports/importer.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;
namespace json = boost::json;

// Stops the demo with a sentence: main shows it.
imports::Answer must(imports::Door& door, imports::Call call) {
    auto const target = call.method + " " + call.target;
    auto answer = host::ask(door, std::move(call));
    if (is_refusal(answer)) throw std::runtime_error(target + ": " + problem_text(answer));
    return answer;
}

void apply_file(imports::Door& door, std::filesystem::path const& path) {
    auto const read = config::read_apply_file(path.string());
    if (auto const* const problem = std::get_if<config::Problem>(&read)) throw std::runtime_error(config::list({*problem}));
    must(door, {"POST", "/v1/apply", std::get<config::ApplyFile>(read).json});
}

void import_file(imports::Door& door, imports::Kind kind, std::filesystem::path const& path, std::string const& program, std::ostream& err) {
    imports::ImportOptions options;
    options.kind = kind;
    options.program = program;
    imports::RejectsWriter rejects("");
    imports::Progress progress(err, imports::Progress::Style::silent, std::string(imports::kind_name(kind)), imports::Progress::Clock::now());
    std::atomic<bool> const stop{false};
    auto const source = imports::open_file(path.string());
    auto const summary = imports::Importer(door, options, rejects, progress).run(*source, stop);
    if (!summary) throw std::runtime_error(path.string() + ": " + summary.error().message());
    err << "  " << imports::kind_name(kind) << ": " << summary->created << " recorded, " << summary->unchanged << " were there already";
    // Orders that nobody referred name no partner, which is no fault of the file.
    if (kind != imports::Kind::partners) err << ", " << summary->rejected << " refused";
    err << '\n';
}

std::string make_key(imports::Door& door, json::object body) {
    return std::string(json_of(must(door, {"POST", "/v1/keys", json::serialize(body)})).as_object().at("key").as_string());
}

void print_next_steps(std::string const& url, std::string const& operator_key, std::ostream& out) {
    out << "\nThree things to try, while the server runs:\n\n"
        << "  curl -s " << url << "/v1/programs/retail/public\n\n"
        << "  curl -s -X POST " << url << "/v1/programs/retail/conversions -H 'Authorization: Bearer " << operator_key
        << "' -H 'Content-Type: application/json' -d '{\"external_id\":\"my-first-order\",\"assigned_partner\":\"affiliate-05\",\"amount\":{\"amount\":\"139.12\",\"currency\":\"GBP\"}}'\n\n"
        << "  curl -s '" << url << "/v1/programs/retail/commissions?limit=3' -H 'Authorization: Bearer " << operator_key << "'\n\n";
}

int run_demo(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    std::filesystem::path const samples = invocation.text("samples");
    auto opened = open_door(*config);
    auto& door = *opened.door;
    auto& err = invocation.err;
    err << "Preparing the demo program:\n";
    apply_file(door, samples / "retail.toml");
    apply_file(door, samples / "grocery.toml");
    import_file(door, imports::Kind::partners, samples / "retail-orders/orders.csv", "retail", err);
    import_file(door, imports::Kind::orders, samples / "retail-orders/orders.csv", "retail", err);
    import_file(door, imports::Kind::refunds, samples / "retail-orders/refunds.csv", "retail", err);
    import_file(door, imports::Kind::partners, samples / "grocery-coupons/coupons.csv", "grocery", err);
    import_file(door, imports::Kind::campaigns, samples / "grocery-coupons/campaigns.csv", "grocery", err);
    import_file(door, imports::Kind::coupons, samples / "grocery-coupons/coupons.csv", "grocery", err);
    import_file(door, imports::Kind::redemptions, samples / "grocery-coupons/redemptions.csv", "grocery", err);
    auto const operator_key = make_key(door, {{"kind", "operator"}, {"label", "demo"}});
    opened.door.reset();
    if (opened.application) opened.application->release_and_seal();
    print_next_steps(config::public_url(*config), operator_key, invocation.out);
    return exit_ok;
}

}  // namespace

Command const demo_command{
    .name = "demo",
    .summary = "prepare the demo programs from the sample data",
    .synopsis = "partnerd demo [--samples DIR] [--config FILE]",
    .description = "Creates the programs retail and grocery, imports the sample of real orders, refunds and redemptions,\n"
                   "makes an operator's key and prints three things to try. May be run again: only a new key is made.",
    .examples = "$ partnerd demo --config etc/demo.toml --samples etc/demo",
    .configured = true,
    .options = [](po::options_description& options) { options.add_options()("samples", po::value<std::string>()->default_value("etc/demo"), "the folder with the sample data"); },
    .run = run_demo,
};

}  // namespace partnerd::cli
