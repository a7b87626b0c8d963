#include <iomanip>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "domain/calendar.hpp"
#include "programs/program.hpp"
#include "reports/partner_report.hpp"
#include "storage/copy_mark.hpp"
#include "storage/storage.hpp"
#include "storage/url.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;

void show(reports::PartnerReport const& report, Currency const& currency, std::ostream& out) {
    auto const money = [&](std::int64_t minor) { return format_amount(minor, currency.exponent()); };
    auto const line = [&](auto const& partner, auto const& conversions, auto const& revenue, auto const& gross, auto const& reversed, auto const& net, auto const& pending, auto const& payable) {
        out << std::left << std::setw(28) << partner << std::right << std::setw(12) << conversions << std::setw(16) << revenue << std::setw(14) << gross << std::setw(14) << reversed
            << std::setw(14) << net << std::setw(14) << pending << std::setw(14) << payable << '\n';
    };
    line("PARTNER", "CONVERSIONS", "REVENUE", "GROSS", "REVERSED", "NET", "PENDING", "PAYABLE");
    for (auto const& p : report.partners)
        line(p.partner, p.conversions, money(p.revenue_minor), money(p.gross_minor), money(p.reversed_minor), money(p.net_minor), money(p.pending_minor), money(p.payable_minor));
}

// An instant, or a day: then its end in the program's zone.
std::int64_t read_as_of(std::string const& text, std::string const& zone) {
    if (text.empty()) return SystemClock().now_us();
    if (auto const day = parse_day(text)) return start_of_day(*day + 1, zone) - 1;
    auto const at = parse_instant(text);
    if (!at)
        throw UsageError{"--as-of: '" + text + "' is neither an instant such as 2011-03-01T00:00:00Z nor a day such as 2011-03-01"};
    return *at;
}

int run_report(Invocation& invocation) {
    if (invocation.arguments.at(0) != "partners") throw UsageError{"'" + invocation.arguments[0] + "' is no report; there is: partners"};
    if (!invocation.has("program")) throw UsageError{"--program is required: the handle of the program"};
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    storage::StorageSettings settings;
    settings.url = config->storage.url;
    settings.read_only = true;
    auto const storage = storage::open_storage(settings);
    storage::refuse_unfinished_copy(*storage, storage::parse_url(settings.url).shown);
    std::optional<programs::Program> program;
    storage->read([&](storage::Tx& tx) { program = programs::find_program(tx, invocation.text("program")); });
    if (!program) {
        invocation.err << "partnerd: unknown_program: there is no program '" << invocation.text("program") << "'\n";
        return exit_failed;
    }
    auto const report = reports::partner_report(*storage, program->id, read_as_of(invocation.text("as-of"), program->zone));
    if (invocation.has("json")) invocation.out << reports::to_json(report) << '\n';
    else show(report, program->currency, invocation.out);
    return exit_ok;
}

}  // namespace

Command const report_command{
    .name = "report",
    .summary = "show what each partner earned",
    .synopsis = "partnerd report partners --program P [--as-of T] [--json]",
    .description = "For each partner: conversions, revenue, commission earned (gross), taken back (reversed), net, and of the\n"
                   "net what is pending and what is payable, as it stood at T by the times of the events. T is an instant\n"
                   "(2011-03-01T00:00:00Z) or a day (its end in the program's zone); now by default. With --json amounts\n"
                   "are minor units (pence, cents).\n"
                   "\n"
                   "Reads only; works beside a running server.",
    .examples = "$ partnerd report partners --program retail --as-of 2011-03-01 --json",
    .arguments_min = 1,
    .arguments_max = 1,
    .configured = true,
    .options =
        [](po::options_description& options) {
            options.add_options()("program", po::value<std::string>(), "the program, by handle");
            options.add_options()("as-of", po::value<std::string>(), "an instant or a day");
            options.add_options()("json", "as a JSON object");
        },
    .run = run_report,
};

}  // namespace partnerd::cli
