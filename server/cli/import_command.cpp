#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <ostream>
#include <set>

#include "cli/answer.hpp"
#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/door.hpp"
#include "cli/signals.hpp"
#include "imports/importer.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;
namespace json = boost::json;

struct Order {
    imports::ImportOptions options;
    std::string file, rejects;
    bool create_partners = false;
};

Order read_order(Invocation const& invocation) {
    auto const kind = imports::parse_kind(invocation.arguments.at(0));
    if (!kind) throw UsageError{kind.error().detail};
    if (!invocation.has("program")) throw UsageError{"--program is required: the handle of the program"};
    Order order;
    order.file = invocation.arguments.at(1);
    order.options.kind = *kind;
    order.options.program = invocation.text("program");
    if (invocation.has("column")) order.options.columns = invocation.options["column"].as<std::vector<std::string>>();
    order.options.dry_run = invocation.has("dry-run");
    order.create_partners = invocation.has("create-partners");
    order.rejects = invocation.has("rejects") ? invocation.text("rejects") : order.file + ".rejects.csv";
    if (order.options.dry_run && !invocation.has("rejects")) order.rejects.clear();
    return order;
}

json::object to_json(imports::ImportSummary const& s) {
    json::object by_code;
    for (auto const& [code, count] : s.rejected_by_code) by_code[code] = count;
    json::object object{{"records", s.records}, {"created", s.created}, {"unchanged", s.unchanged}, {"rejected", s.rejected}, {"rejected_by_code", by_code}, {"retried", s.retried},
                        {"unfinished", s.unfinished}};
    if (!s.stopped_because.empty()) object["stopped_because"] = s.stopped_because;
    return object;
}

void show(imports::ImportSummary const& s, Order const& order, std::ostream& out) {
    out << s.records << " records: " << s.created << (order.options.dry_run ? " would be recorded, " : " recorded, ") << s.unchanged << " were there already, " << s.rejected << " rejected";
    if (s.unfinished > 0) out << ", " << s.unfinished << " unfinished";
    out << '\n';
    for (auto const& [code, count] : s.rejected_by_code) out << "    " << count << " " << code << '\n';
    if (s.rejected > 0 && !order.rejects.empty()) out << "    with line and reason in " << order.rejects << '\n';
}

// Why it ended early. What every record would be refused for is no matter of the file.
int tell(imports::ImportSummary const& s, Order const& order, std::ostream& err) {
    if (s.stopped_because.empty()) return exit_ok;
    if (s.refused) err << "partnerd: --program " << order.options.program << ": " << s.stopped_because << '\n';
    else err << "partnerd: " << order.file << ": " << s.stopped_because << '\n';
    return exit_failed;
}

// Of "--column amount=total --column partner=who" only what says who the partner is.
void keep_partner_column(std::vector<std::string>& columns) {
    std::erase_if(columns, [](std::string const& column) { return !column.starts_with("partner=") && !column.starts_with("partner:="); });
}

// The partners that the file names, before its records: one call each.
Result<imports::ImportSummary> import_one(imports::Door& door, Order const& order, imports::Kind kind, std::string const& rejects_path, std::ostream& err, bool asked,
                                          std::atomic<bool> const& stop, std::set<std::string> made_partners = {}) {
    auto options = order.options;
    options.kind = kind;
    options.made_partners = std::move(made_partners);
    if (kind != order.options.kind) keep_partner_column(options.columns);
    imports::RejectsWriter rejects(rejects_path);
    imports::Progress progress(err, imports::Progress::style_for(STDERR_FILENO, asked), std::string(imports::kind_name(kind)), imports::Progress::Clock::now());
    imports::Importer importer(door, options, rejects, progress);
    auto const source = imports::open_file(order.file);
    auto summary = importer.run(*source, stop);
    rejects.finish();
    return summary;
}

int run_import(Invocation& invocation) {
    auto const order = read_order(invocation);
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    std::atomic<bool> stop{false};
    Signals const signals({[&] { stop = true; }, [] { _exit(130); }, [] {}});
    auto opened = open_door(*config);
    bool const asked = invocation.has("progress");
    std::set<std::string> made_partners;
    if (order.create_partners) {
        auto partners = import_one(*opened.door, order, imports::Kind::partners, "", invocation.err, false, stop);
        if (!partners) return invocation.err << "partnerd: " << partners.error().message() << '\n', exit_failed;
        if (partners->refused) return tell(*partners, order, invocation.err);
        made_partners = std::move(partners->taken);
    }
    auto const summary = import_one(*opened.door, order, order.options.kind, order.rejects, invocation.err, asked, stop, std::move(made_partners));
    if (!summary) {
        invocation.err << "partnerd: " << order.file << ": " << summary.error().message() << '\n';
        return exit_failed;
    }
    opened.door.reset();
    if (opened.application && !order.options.dry_run) opened.application->release_and_seal();
    if (invocation.has("json")) invocation.out << json::serialize(to_json(*summary)) << '\n';
    else if (!summary->refused || summary->created + summary->unchanged + summary->rejected > 0) show(*summary, order, invocation.out);
    return tell(*summary, order, invocation.err);
}

}  // namespace

Command const import_command{
    .name = "import",
    .summary = "read orders, refunds, redemptions, partners, coupons or campaigns from a CSV file",
    .synopsis = "partnerd import KIND FILE --program P [--column FIELD=COLUMN]... [--dry-run] [--rejects FILE] [--json]",
    .description = "FILE is CSV (RFC 4180, UTF-8, a header line), plain or .gz. KIND is orders, refunds, redemptions,\n"
                   "partners, coupons or campaigns. Every record goes the way an API request goes, so it is judged, traced\n"
                   "and posted the same. Records that are refused are written to FILE.rejects.csv with their line and\n"
                   "reason; the rest goes in.\n"
                   "\n"
                   "An import may be run again, also after it was stopped or killed: what is there already stays as it is,\n"
                   "also where the file says otherwise of a partner, a code or a campaign.\n"
                   "\n"
                   "Columns are found by name; --column amount=total takes another column, --column currency:=GBP a fixed\n"
                   "value. --create-partners enrolls the partners that an orders or coupons file names.\n"
                   "\n"
                   "Works beside a running server, through the Unix socket next to its database.",
    .examples = "$ partnerd import orders orders.csv.gz --program retail --create-partners\n"
                "$ partnerd import refunds refunds.csv.gz --program retail\n"
                "$ partnerd import orders export.csv --program retail --column order_id=number --column currency:=GBP --dry-run",
    .arguments_min = 2,
    .arguments_max = 2,
    .configured = true,
    .options =
        [](po::options_description& options) {
            options.add_options()("program", po::value<std::string>(), "the program, by handle");
            options.add_options()("column", po::value<std::vector<std::string>>()->composing(), "FIELD=COLUMN or FIELD:=VALUE");
            options.add_options()("create-partners", "enroll the partners that the file names and that are not there");
            options.add_options()("dry-run", "judge every record by itself, record nothing");
            options.add_options()("rejects", po::value<std::string>(), "where refused records go");
            options.add_options()("progress", "show progress also where standard error is no terminal");
            options.add_options()("json", "the result as a JSON object");
        },
    .run = run_import,
};

}  // namespace partnerd::cli
