// Clicks on their way to the disk: a bounded queue that joins the next commit as multi-row inserts. A full queue refuses, it
// never drops; an accepted click is answered once it is durable.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "storage/storage.hpp"
#include "tracking/click_targets.hpp"

namespace partnerd::tracking {

// Told once whether its click is durable. [storage thread] Must not block or throw.
class ClickWaiter {
  public:
    virtual ~ClickWaiter() = default;
    virtual void click_done(bool durable) noexcept = 0;
};

struct Click {
    Id id = 0;
    std::shared_ptr<ClickTarget const> target;
    std::array<std::string, 5> subs;
    std::int64_t visitor = 0;   // a keyed hash of who it was; 0: unknown, and then counted as unique
    bool seen_before = false;   // the visitor's cookie says so
    std::string referrer;
    ClickWaiter* waiter = nullptr;  // lives until click_done
};

class ClickQueue final : public storage::Stream {
  public:
    explicit ClickQueue(std::size_t most = 65536) : most_(most) {}
    // [any] False: the queue is full; the waiter is not called.
    [[nodiscard]] bool push(Click click);

    bool pending() const override;
    void write(storage::Tx& tx) override;
    void done(storage::UnitResult const& result) noexcept override;

  private:
    struct RollupRow {
        std::int64_t clicks = 0, uniques = 0;
    };
    using RollupId = std::tuple<Id, Id, std::int64_t, Id, std::string>;  // program, partner, day, link, sub1
    void insert(storage::Tx& tx, std::size_t first, std::size_t count) const;
    bool is_unique(Click const& click, std::int64_t day);

    std::size_t const most_;
    mutable std::mutex mutex_;
    std::vector<Click> waiting_;           // guarded by mutex_
    std::atomic<std::size_t> size_{0};
    // Below: the storage's thread only.
    std::vector<Click> taken_;
    std::vector<char> unique_;
    // Who clicked which link today, so that a second click is no second visitor. Bounded; begins anew each day and each start.
    std::unordered_set<std::uint64_t> seen_;
    std::int64_t seen_day_ = 0;
};

}  // namespace partnerd::tracking
