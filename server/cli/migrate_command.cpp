#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/signals.hpp"
#include "host/data_move.hpp"
#include "logging/log.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;
namespace json = boost::json;

std::string clock_text(std::int64_t seconds) {
    auto const two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return (seconds >= 3600 ? std::to_string(seconds / 3600) + ":" : "") + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

// One line on a terminal, drawn over and over; elsewhere, when it is asked for, a line now and then.
class ProgressLine {
  public:
    ProgressLine(std::ostream& err, bool asked) : err_(err), terminal_(isatty(STDERR_FILENO) == 1), shown_(terminal_ || asked) {}
    ~ProgressLine() { clear(); }
    ProgressLine(ProgressLine const&) = delete;
    ProgressLine& operator=(ProgressLine const&) = delete;

    void show(host::MoveProgress const& progress) {
        using namespace std::chrono_literals;
        auto const now = Clock::now();
        bool const begins = progress.step != step_;
        if (begins) {
            step_ = progress.step;
            began_ = now;
        }
        if (!shown_ || (!begins && now < next_)) return;
        next_ = now + (terminal_ ? 200ms : 5000ms);
        err_ << (terminal_ ? "\r\x1b[K" : "") << line_of(progress, now) << (terminal_ ? "" : "\n") << std::flush;
    }
    void clear() {
        if (terminal_ && !step_.empty()) err_ << "\r\x1b[K" << std::flush;
    }

  private:
    using Clock = std::chrono::steady_clock;

    std::string line_of(host::MoveProgress const& progress, Clock::time_point now) const {
        auto line = std::string(progress.step) + " " + std::string(progress.what);
        if (progress.done == 0) return line;
        line += ": " + std::to_string(progress.done);
        auto const seconds = std::chrono::duration<double>(now - began_).count();
        if (progress.total > 0) line += " of " + std::to_string(progress.total);
        if (seconds < 1) return line;
        auto const rate = static_cast<double>(progress.done) / seconds;
        line += ", " + std::to_string(static_cast<std::int64_t>(rate)) + "/s";
        // Verify counts each check anew.
        if (progress.total > 0 && !progress.step.starts_with("verifying"))
            line += ", " + clock_text(static_cast<std::int64_t>(static_cast<double>(progress.total - progress.done) / rate)) + " left";
        return line;
    }

    std::ostream& err_;
    bool const terminal_, shown_;
    std::string step_;
    Clock::time_point began_{}, next_{};
};

std::string json_of_moved(host::Moved const& moved, bool dry_run, std::int64_t milliseconds) {
    json::array tables;
    for (auto const& table : moved.tables) {
        json::object row{{"table", table.name}, {"rows", table.rows}};
        if (!dry_run) row["digest"] = table.digest;
        tables.push_back(std::move(row));
    }
    json::object object{{"from", moved.from}, {"to", moved.to}, {"dry_run", dry_run}, {"rows", moved.rows}, {"tables", std::move(tables)}};
    if (!dry_run) {
        object["verify_checked"] = moved.checked;
        object["programs_compared"] = moved.programs;
        object["milliseconds"] = milliseconds;
    }
    return json::serialize(object);
}

void show_moved(host::Moved const& moved, bool dry_run, std::int64_t milliseconds, std::ostream& out) {
    for (auto const& table : moved.tables)
        if (table.rows != 0) out << "  " << table.name << ": " << table.rows << '\n';
    if (dry_run) {
        out << moved.rows << " rows of " << moved.from << " would be copied to " << moved.to << "; nothing was changed\n";
        return;
    }
    out << moved.rows << " rows were copied to " << moved.to << " in " << clock_text(milliseconds / 1000) << "; every table has the same rows and the same digest\n"
        << "verify: " << moved.checked << " things on each side, 0 wrong; the partner reports of " << moved.programs << " programs are the same\n"
        << "Now set storage.url to what --to was and start the server. Keep " << moved.from << " until you are sure, and never serve both.\n";
}

int run_migrate(Invocation& invocation) {
    for (auto const* const option : {"from", "to"})
        if (!invocation.has(option)) throw UsageError{std::string("--") + option + " is required: the URL of a database, as in storage.url"};
    auto config = load_config(invocation);
    if (!config) return exit_failed;
    std::atomic<bool> stop{false};
    Signals const signals({[&] { stop = true; }, [] { _exit(130); }, [] {}});
    logging::set_level(std::max(logging::level(), logging::Level::warn));
    ProgressLine line(invocation.err, invocation.has("progress"));
    host::MoveOrder order;
    order.config = std::move(*config);
    order.from = invocation.text("from");
    order.to = invocation.text("to");
    order.dry_run = invocation.has("dry-run");
    order.progress = [&](host::MoveProgress const& progress) { line.show(progress); };
    order.should_stop = [&] { return stop.load(); };
    auto const began = std::chrono::steady_clock::now();
    try {
        auto const moved = host::move_data(order);
        line.clear();
        auto const milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
        if (invocation.has("json")) invocation.out << json_of_moved(moved, order.dry_run, milliseconds) << '\n';
        else show_moved(moved, order.dry_run, milliseconds, invocation.out);
        return exit_ok;
    } catch (host::MoveDiffers const& error) {
        line.clear();
        invocation.err << "partnerd migrate: " << error.what() << '\n';
        return exit_differences;
    }
}

}  // namespace

Command const migrate_command{
    .name = "migrate",
    .summary = "move all data into another database, from SQLite to PostgreSQL or back",
    .synopsis = "partnerd migrate --from URL --to URL [--dry-run] [--progress] [--json]",
    .description = "Copies every table of the core and of the plugins, column by column, into an empty database: programs,\n"
                   "partners, clicks, conversions, the ledger with its seal, keys, kept answers, events that wait. Ids and\n"
                   "secrets stay, so that keys, links and clicks that are on their way go on working. A URL is written as\n"
                   "storage.url is; plugins come from the configuration, which must name every plugin that has tables.\n"
                   "\n"
                   "The server must be stopped, and on PostgreSQL every node of it; the source is brought up to date first,\n"
                   "as a start of the server would do. The target must be empty: a file that is not there yet, or a\n"
                   "database fresh from createdb. A password is better kept in ~/.pgpass than in a URL, which `ps` shows.\n"
                   "\n"
                   "Nothing is believed: verify runs on the source; every table is read back, and its rows and a digest of\n"
                   "their values are compared with the source's; then verify runs on the target and must find the same, and\n"
                   "the partner report of each program must be the same. Until all of that holds the target is marked, and\n"
                   "`serve` refuses it. After SIGINT, a crash or a difference the same command begins anew; the source is\n"
                   "never changed by the copy.\n"
                   "\n"
                   "--dry-run refuses what the copy would refuse, and counts the rows; it may run beside the server. A\n"
                   "second SIGINT ends the command at once.",
    .examples = "$ partnerd migrate --from sqlite:///var/lib/partnerd/partnerd.db --to postgresql://partnerd@db.example/partnerd --dry-run\n"
                "$ systemctl stop partnerd\n"
                "$ partnerd migrate --from sqlite:///var/lib/partnerd/partnerd.db --to postgresql://partnerd@db.example/partnerd",
    .configured = true,
    .finds_differences = true,
    .options =
        [](po::options_description& options) {
            options.add_options()("from", po::value<std::string>()->value_name("URL"), "the database that holds the data");
            options.add_options()("to", po::value<std::string>()->value_name("URL"), "the empty database that gets them");
            options.add_options()("dry-run", "check and count only");
            options.add_options()("progress", "show progress also where standard error is no terminal");
            options.add_options()("json", "the result as a JSON object: each table with its rows and digest");
        },
    .run = run_migrate,
};

}  // namespace partnerd::cli
