// Clicks on their way to the disk: a bounded queue that joins the next commit. A full queue refuses, it never drops; an accepted
// click is answered once it is durable.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/storage.hpp"
#include "tracking/click_targets.hpp"
#include "tracking/click_waiter.hpp"
#include "tracking/click_weeks.hpp"
#include "tracking/traffic.hpp"
#include "tracking/visitors.hpp"

namespace partnerd::tracking {

struct Click {
    Id id = 0;
    std::shared_ptr<ClickTarget const> target;
    std::unique_ptr<Subs> own_subs;  // where the visitor brought some; otherwise the link's hold
    std::int64_t visitor = 0;   // a keyed hash of who it was; 0: unknown, and then counted as unique
    std::string referrer;
    std::shared_ptr<ClickWaiter> waiter;

    Subs const& subs() const noexcept { return own_subs ? *own_subs : target->subs; }
};

class ClickQueue final : public storage::Stream {
  public:
    explicit ClickQueue(std::size_t most = 65536) : most_(most) {}
    // [any] Mints the click's id, so that ids grow in the order of the queue; 0: the queue is full, and the waiter is not told.
    [[nodiscard]] Id push(Click&& click, IdMint& mint);

    // [any] How long the oldest click that is not durable has waited, to the millisecond. Without end when nobody knows: the last batch
    // failed, or the clock was put back.
    std::int64_t lag_us(std::int64_t now_us) const noexcept;

    // [any] The sums of what is committed are written with the next batch, however young. For a stop.
    void hurry() noexcept;

    bool pending() const override;
    void write(storage::Tx& tx) override;
    void give_up() override;
    void done(storage::UnitResult const& result) noexcept override;

  private:
    void take();
    void insert_all(storage::Tx& tx);
    void count(Click const& click, bool is_unique);
    void count_committed();
    std::int64_t day_of(Click const& click);
    bool is_count_due() const;

    std::size_t const most_;
    mutable std::mutex mutex_;
    std::vector<Click> waiting_;  // guarded by mutex_
    std::atomic<std::size_t> size_{0};
    std::atomic<Id> oldest_{0};  // of those that are not durable; 0: there is none
    std::atomic<bool> failing_{false};  // the last batch was not committed
    std::atomic<std::int64_t> count_due_us_{0};  // on the steady clock: when traffic_ is to be written; 0: it is empty
    // Below: the storage's thread only.
    std::vector<Click> taken_;
    std::vector<char> unique_;
    Visitors visitors_;
    KnownWeeks weeks_;
    // Sums of clicks that are committed and not in rollup_traffic, and the newest of them. On PostgreSQL those of taken_.
    Traffic traffic_;
    Id newest_ = 0;
    std::int64_t uncounted_ = 0;  // clicks in traffic_
    bool counts_at_once_ = false, counting_ = false;
    struct Day {
        std::int64_t from_us = 0, until_us = 0, day = 0;
    };
    std::map<std::string, Day, std::less<>> days_;  // today, by zone
};

}  // namespace partnerd::tracking
