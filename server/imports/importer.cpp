#include "imports/importer.hpp"

#include <boost/json.hpp>
#include <deque>
#include <memory>
#include <set>
#include <unordered_map>

#include "imports/csv_reader.hpp"
#include "imports/inbox.hpp"
#include "imports/record_call.hpp"
#include "imports/verdict.hpp"

namespace partnerd::imports {

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr auto longest_wait = std::chrono::milliseconds(200);  // also how soon `stop` is seen
constexpr std::size_t waiting_per_flight = 16;

struct Row {
    std::int64_t line = 0;
    std::string raw;
    std::string key;
    Call call;
    int attempts = 0;
};

// One run over one file.
class Run {
  public:
    Run(Door& door, ImportOptions const& options, RejectsWriter& rejects, Progress& progress, ByteSource& source,
        std::atomic<bool> const& stop)
        : door_(door), options_(options), rejects_(rejects), progress_(progress), source_(source), stop_(stop), reader_(source) {}

    Status read_header() {
        CsvRecord header;
        auto read = reader_.next(header);
        if (!read) return read.error();
        if (!*read) return Error(errc::malformed_csv, "the file is empty; its first line names the columns");
        auto columns = ColumnMap::make(options_.kind, header.cells, options_.columns);
        if (!columns) return columns.error();
        columns_ = std::move(*columns);
        return {};
    }

    ImportSummary run() {
        for (;;) {
            send_due_again();
            read_on();
            if (in_flight_.empty() && (ended_ || stopped()) && (stopped() || again_.empty())) break;
            for (auto& arrived : inbox_->take(wake_at())) settle(arrived);
            rejects_.settled_before(unsettled_.empty() ? record_.line : *unsettled_.begin());
            progress_.update(figures(), SteadyClock::now());
        }
        summary_.unfinished = static_cast<std::int64_t>(waiting_ + again_.size());
        progress_.finish(figures(), SteadyClock::now());
        return std::move(summary_);
    }

  private:
    bool stopped() const { return !summary_.stopped_because.empty(); }

    void stop_because(std::string why) {
        if (!stopped()) summary_.stopped_because = std::move(why) + "; what is in stays in: run the same import again to go on";
    }

    Figures figures() const {
        return {summary_.created + summary_.unchanged + summary_.rejected, summary_.rejected, source_.bytes_done(), source_.bytes_total()};
    }

    SteadyClock::time_point wake_at() const {
        auto const at_most = SteadyClock::now() + longest_wait;
        return again_.empty() ? at_most : std::min(at_most, again_.begin()->first);
    }

    // Fills the flight from the file.
    void read_on() {
        if (stop_.load()) stop_because("it was told to stop");
        while (!ended_ && !stopped() && in_flight_.size() + again_.size() < options_.in_flight &&
               waiting_ < options_.in_flight * waiting_per_flight) {
            try {
                read_one();
            } catch (BrokenFile const& broken) {
                stop_because(broken.what());
            }
        }
    }

    void read_one() {
        auto read = reader_.next(record_);
        if (read && !*read) {
            ended_ = true;
            return;
        }
        ++summary_.records;
        if (!read) return reject(record_.line, read.error().name(), read.error().detail, record_.raw);
        if (options_.dry_run)
            if (auto fine = check_record(options_.kind, columns_, record_); !fine) return reject_record(fine.error());
        auto call = make_call(options_.kind, options_.program, columns_, record_, options_.dry_run);
        if (!call) return reject_record(call.error());
        take_up({record_.line, record_.raw, std::move(call->key), std::move(call->call)});
    }

    // Sends the row, or lets it wait behind the one with the same key.
    void take_up(Row row) {
        unsettled_.insert(row.line);
        auto const [queue, free] = keys_.try_emplace(row.key);
        if (free) return send(next_number_++, std::move(row));
        queue->second.push_back(std::move(row));
        ++waiting_;
    }

    void send(std::uint64_t number, Row row) {
        auto call = row.call;
        in_flight_.emplace(number, std::move(row));
        door_.send(std::move(call), [inbox = inbox_, number](Answer answer) { inbox->put(number, std::move(answer)); });
    }

    void send_due_again() {
        auto const now = SteadyClock::now();
        while (!stopped() && !again_.empty() && again_.begin()->first <= now) {
            auto row = std::move(again_.begin()->second);
            again_.erase(again_.begin());
            ++summary_.retried;
            send(next_number_++, std::move(row));
        }
    }

    void settle(Arrived& arrived) {
        auto node = in_flight_.extract(arrived.number);
        auto& row = node.mapped();
        auto const verdict = judge(arrived.answer);
        if (options_.dry_run && verdict.code == "unknown_partner" && forget_partner(row)) return send(next_number_++, std::move(row));
        switch (verdict.kind) {
            case Verdict::Kind::created: ++summary_.created; break;
            case Verdict::Kind::unchanged: ++summary_.unchanged; break;
            case Verdict::Kind::rejected: reject(row.line, verdict.code, verdict.detail, row.raw); break;
            case Verdict::Kind::again: return try_again(std::move(row), verdict);
            case Verdict::Kind::hopeless:
                if (!stopped()) summary_.stopped_because = verdict.code + (verdict.detail.empty() ? "" : ": " + verdict.detail);
                summary_.refused = true;
                again_.emplace(SteadyClock::now(), std::move(row));  // counts as unfinished
                return;
        }
        if (options_.dry_run && options_.kind == Kind::partners && verdict.kind != Verdict::Kind::rejected) summary_.taken.insert(row.key);
        unsettled_.erase(row.line);
        release(row.key);
    }

    // True when the row named a partner that the real run would have made, and names nobody now.
    bool forget_partner(Row& row) const {
        auto body = boost::json::parse(row.call.body).as_object();
        for (auto const* const name : {"assigned_partner", "partner"}) {
            auto const* const partner = body.if_contains(name);
            if (partner == nullptr || !options_.made_partners.contains(std::string(partner->as_string()))) continue;
            body.erase(name);
            row.call.body = boost::json::serialize(body);
            return true;
        }
        return false;
    }

    void try_again(Row row, Verdict const& verdict) {
        if (++row.attempts >= options_.attempts)
            stop_because("the server keeps answering " + verdict.code + ": " + verdict.detail + " (line " + std::to_string(row.line) + ")");
        auto backoff = options_.first_backoff;
        for (int i = 1; i < row.attempts && backoff < options_.longest_backoff; ++i) backoff *= 2;
        again_.emplace(SteadyClock::now() + std::max(std::min(backoff, options_.longest_backoff), verdict.not_before), std::move(row));
    }

    // The next row with this key may go.
    void release(std::string const& key) {
        auto const queue = keys_.find(key);
        if (queue->second.empty()) {
            keys_.erase(queue);
            return;
        }
        if (stopped()) return;
        auto row = std::move(queue->second.front());
        queue->second.pop_front();
        --waiting_;
        send(next_number_++, std::move(row));
    }

    void reject_record(Error const& error) {
        reject(record_.line, error.name(), error.field.empty() ? error.detail : error.detail + " (" + error.field + ")", record_.raw);
    }

    void reject(std::int64_t line, std::string_view code, std::string_view detail, std::string_view raw) {
        ++summary_.rejected;
        ++summary_.rejected_by_code[std::string(code)];
        rejects_.add(line, code, detail, raw);
    }

    Door& door_;
    ImportOptions const& options_;
    RejectsWriter& rejects_;
    Progress& progress_;
    ByteSource& source_;
    std::atomic<bool> const& stop_;

    CsvReader reader_;
    ColumnMap columns_;
    CsvRecord record_;
    bool ended_ = false;

    std::shared_ptr<Inbox> const inbox_ = std::make_shared<Inbox>();
    std::uint64_t next_number_ = 1;
    std::unordered_map<std::uint64_t, Row> in_flight_;
    std::multimap<SteadyClock::time_point, Row> again_;      // by when it is sent again; keeps its key
    std::unordered_map<std::string, std::deque<Row>> keys_;  // keys that are taken, with the rows that wait for them
    std::size_t waiting_ = 0;
    std::set<std::int64_t> unsettled_;  // the lines of all rows above
    ImportSummary summary_;
};

}  // namespace

Importer::Importer(Door& door, ImportOptions options, RejectsWriter& rejects, Progress& progress)
    : door_(door), options_(std::move(options)), rejects_(rejects), progress_(progress) {}

Result<ImportSummary> Importer::run(ByteSource& source, std::atomic<bool> const& stop) {
    Run run(door_, options_, rejects_, progress_, source, stop);
    try {
        if (auto header = run.read_header(); !header) return header.error();
    } catch (BrokenFile const& broken) {
        return Error(errc::malformed_csv, broken.what());
    }
    return run.run();
}

}  // namespace partnerd::imports
