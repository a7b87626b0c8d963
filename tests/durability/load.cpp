#include "durability/load.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <optional>
#include <thread>

#include "domain/click_id.hpp"
#include "ledger/seal.hpp"
#include "programs/partner.hpp"

namespace partnerd::durability {

namespace {

constexpr int partners = 4;
constexpr int clicks_waiting_max = 300;

int draw(Random& random, int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); }

Fate fate_of(storage::UnitState state) {
    if (state == storage::UnitState::failed) return Fate::failed;
    return state == storage::UnitState::committed ? Fate::kept : Fate::refused;
}

class Waiter final : public tracking::ClickWaiter {
  public:
    Waiter(Sent& sent, DiskLog const& log, std::atomic<int>& open) : sent_(sent), log_(log), open_(open) {}
    void click_done(bool durable, std::shared_ptr<tracking::ClickWaiter>) noexcept override {
        sent_.answered = log_.now();
        sent_.fate = durable ? Fate::kept : Fate::failed;
        open_.fetch_sub(1);
    }

  private:
    Sent& sent_;
    DiskLog const& log_;
    std::atomic<int>& open_;
};

// A unit that writes down when it was answered.
class Errand final : public storage::Unit {
  public:
    Errand(Sent& sent, DiskLog const& log, std::function<bool(storage::Tx&)> work) : sent_(sent), log_(log), work_(std::move(work)) {}
    bool run(storage::Tx& tx) override { return work_(tx); }
    void done(storage::UnitResult const& result) noexcept override {
        std::lock_guard const lock(mutex_);
        sent_.answered = log_.now();
        sent_.fate = fate_of(result.state);
        done_ = true;
        changed_.notify_all();
    }
    void wait(storage::Storage& storage) {
        if (!storage.submit(*this)) throw std::runtime_error("the queue is full");
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return done_; });
    }

  private:
    Sent& sent_;
    DiskLog const& log_;
    std::function<bool(storage::Tx&)> const work_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false;  // guarded by mutex_
};

}  // namespace

class Load::Client {
  public:
    Client(Load& load, std::string name, std::uint64_t seed) : load_(load), house_(load.house_), name_(std::move(name)), random_(seed) {}
    void run(int steps) {
        for (int i = 0; i < steps; ++i) step();
        while (open_clicks_.load() > 0) std::this_thread::yield();
    }
    std::deque<Sent> sent;

  private:
    void step() {
        switch (draw(random_, 0, 9)) {
            case 0:
            case 1:
            case 2: return click(draw(random_, 1, 12));
            case 3: return refund();
            case 4: return repeat();
            case 5: return refuse();
            case 6: return seal();
            default: return sell();
        }
    }

    void click(int count) {
        for (int i = 0; i < count && open_clicks_.load() < clicks_waiting_max; ++i) {
            auto& entry = sent.emplace_back(Sent{{}, load_.log_.now()});
            open_clicks_.fetch_add(1);
            tracking::Click click;
            click.target = load_.targets_[static_cast<std::size_t>(draw(random_, 0, partners - 1))];
            click.own_subs = std::make_unique<tracking::Subs>(tracking::Subs{name_});
            click.visitor = draw(random_, 1, 50);
            click.waiter = std::make_unique<Waiter>(entry, load_.log_, open_clicks_);
            auto const id = load_.queue_->push(std::move(click), house_.mint);
            if (id == 0) throw std::runtime_error("the queue of clicks is full");
            entry.what = "click " + std::to_string(id);
            clicks_.push_back({id, &entry});
            house_.storage->wake();
        }
    }

    // Whether it was kept.
    bool ask(std::string what, std::function<bool(storage::Tx&)> work) {
        auto& entry = sent.emplace_back(Sent{std::move(what), load_.log_.now()});
        Errand(entry, load_.log_, std::move(work)).wait(*house_.storage);
        return entry.fate == Fate::kept;
    }
    // What makes no row of its own.
    void just_run(std::function<bool(storage::Tx&)> work) {
        Sent entry;
        Errand(entry, load_.log_, std::move(work)).wait(*house_.storage);
    }
    std::function<bool(storage::Tx&)> converting(tracking::ConversionReport report) {
        return [this, report = std::move(report)](storage::Tx& tx) { return house_.tracker.convert(tx, report).has_value(); };
    }
    std::string next(char const* kind) { return name_ + "-" + kind + std::to_string(++number_); }

    void sell() {
        auto report = testing::sale(load_.program_, next("s"), draw(random_, 100, 9999));
        report.customer = name_ + "-" + std::to_string(draw(random_, 0, 20));
        if (!clicks_.empty() && draw(random_, 0, 1) == 0 && open_clicks_.load() == 0) {
            auto const& click = clicks_[static_cast<std::size_t>(draw(random_, 0, static_cast<int>(clicks_.size()) - 1))];
            if (click.sent->fate == Fate::kept) report.click_id = sign_click_id(house_.secrets.click_key, load_.program_.id, click.id);
        }
        if (report.click_id.empty()) report.assigned_partner = "partner-" + std::to_string(draw(random_, 0, partners - 1));
        if (ask("sale " + report.external_id, converting(report))) sales_.push_back(std::move(report));
    }
    void refund() {
        if (sales_.empty()) return sell();
        auto const of = std::move(sales_.back());
        sales_.pop_back();
        auto const report = testing::refund(next("r"), draw(random_, 1, 100));
        ask("refund " + report.adjustment_id,
            [&](storage::Tx& tx) { return house_.tracker.adjust(tx, of.program, of.test, of.kind, of.external_id, report).has_value(); });
    }
    void repeat() {
        if (sales_.empty()) return sell();
        auto const again = sales_[static_cast<std::size_t>(draw(random_, 0, static_cast<int>(sales_.size()) - 1))];
        just_run(converting(again));
    }
    // One that the kernel refuses, one that its handler takes back, one that throws behind its work.
    void refuse() {
        auto const kind = draw(random_, 0, 2);
        auto report = testing::sale(load_.program_, next("no"), 500, kind == 0 ? "nobody" : "partner-0");
        auto const convert = converting(report);
        ask("sale " + report.external_id, [&](storage::Tx& tx) {
            if (kind == 0) return convert(tx);
            convert(tx);
            if (kind == 2) throw std::runtime_error("a plugin that throws");
            return false;
        });
    }
    void seal() {
        just_run([&](storage::Tx& tx) { return ledger::seal_entries(tx, house_.clock, load_.program_.id, 64) > 0; });
    }

    struct Clicked {
        Id id;
        Sent const* sent;
    };
    Load& load_;
    testing::House& house_;
    std::string const name_;
    Random random_;
    int number_ = 0;
    std::atomic<int> open_clicks_{0};
    std::vector<Clicked> clicks_;
    std::vector<tracking::ConversionReport> sales_;  // acknowledged, not refunded
};

Load::Load(testing::House& house, DiskLog& log, std::string name) : house_(house), log_(log), name_(std::move(name)) {
    auto const known = house.read([](storage::Tx& tx) { return programs::find_program(tx, "shop"); });
    program_ = known ? *known : house.program("shop");
    tracking::ClickTargets targets;
    for (int i = 0; i < partners; ++i) {
        auto const number = std::to_string(i);
        if (!known) house.link(program_, house.enrolled(program_, "partner-" + number), "link-" + number);
        targets_.push_back(
            house.read([&](storage::Tx& tx) { return targets.load(tx, programs::find_link_by_code(tx, "link-" + number).value().id); }));
    }
    open_queue();
}

Load::~Load() = default;

void Load::open_queue() {
    tracking::count_rest(*house_.storage);
    queue_ = std::make_unique<tracking::ClickQueue>();
    house_.storage->add_stream(*queue_);
}

void Load::run(int threads, int steps, Random& random) {
    auto const first = clients_.size();
    for (int i = 0; i < threads; ++i)
        clients_.push_back(std::make_unique<Client>(*this, name_ + std::to_string(rounds_) + static_cast<char>('a' + i), random()));
    ++rounds_;
    std::vector<std::future<void>> running;
    for (auto i = first; i < clients_.size(); ++i)
        running.push_back(std::async(std::launch::async, [&client = *clients_[i], steps] { client.run(steps); }));
    for (auto& one : running) one.get();
}

void Load::reopen() {
    house_.reopen();
    open_queue();
}

std::vector<Sent> Load::take() {
    std::vector<Sent> all;
    for (auto& client : clients_)
        all.insert(all.end(), std::make_move_iterator(client->sent.begin()), std::make_move_iterator(client->sent.end()));
    clients_.clear();
    return all;
}

}  // namespace partnerd::durability
