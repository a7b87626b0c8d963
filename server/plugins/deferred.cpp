#include "plugins/deferred.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <unordered_map>
#include <vector>

#include "plugins/frame.hpp"

namespace partnerd::plugins {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds timeout_tick{50};  // nothing is woken for an answer that comes in time, which nearly all do

// All that are under way, and the thread that ends those whose time is over. Never destroyed: a plugin's thread may still hold a number.
// Each thread has a shelf; who answers takes nothing out of it. What is over is swept out when there is as much of it as of the rest.
class Pending {
  public:
    static Pending& get() {
        static Pending& pending = *new Pending;  // NOLINT: lives as long as the process
        return pending;
    }
    template <class Make>
    std::shared_ptr<Deferred> add(Make const& make) {
        auto const index = mine();
        auto& shelf = shelves_[index];
        std::lock_guard const lock(shelf.mutex);
        if (shelf.oldest_first.size() >= shelf.sweep_at) sweep(shelf);
        return shelf.oldest_first.emplace_back(make(next_token() | index));
    }
    std::shared_ptr<Deferred> find(void const* handle) {
        auto const index = reinterpret_cast<std::uintptr_t>(handle) % token_step;
        if (index >= shelves_.size()) return nullptr;
        auto& shelf = shelves_[index];
        std::lock_guard const lock(shelf.mutex);
        auto const& all = shelf.oldest_first;
        auto const found = std::lower_bound(all.begin(), all.end(), handle, [](auto const& d, void const* h) { return d->handle() < h; });
        return found == all.end() || (*found)->handle() != handle || (*found)->is_over() ? nullptr : *found;
    }
    std::size_t size() {
        std::size_t n = 0;
        for (auto& shelf : shelves_) {
            std::lock_guard const lock(shelf.mutex);
            n += shelf.oldest_first.size();
        }
        return n;
    }

  private:
    static constexpr std::size_t least = 256;
    struct alignas(64) Shelf {
        std::mutex mutex;
        std::vector<std::shared_ptr<Deferred>> oldest_first;  // guarded by mutex; numbers grow
        std::size_t sweep_at = least;                         // guarded by mutex
    };
    Pending() {
        std::thread([this] { run(); }).detach();
    }
    std::size_t mine() {
        static thread_local std::size_t const index = threads_.fetch_add(1, std::memory_order_relaxed) % shelves_.size();
        return index;
    }
    static void sweep(Shelf& shelf) {
        std::erase_if(shelf.oldest_first, [](auto const& deferred) { return deferred->is_over(); });
        shelf.sweep_at = std::max(least, shelf.oldest_first.size() * 2);
    }
    void run() {
        for (std::vector<std::shared_ptr<Deferred>> due;; due.clear()) {
            std::this_thread::sleep_for(timeout_tick);
            auto const now = Clock::now();
            for (auto& shelf : shelves_) {
                std::lock_guard const lock(shelf.mutex);
                for (auto const& deferred : shelf.oldest_first)
                    if (!deferred->is_over() && deferred->due() <= now) due.push_back(deferred);
            }
            for (auto const& deferred : due) deferred->time_out();
        }
    }
    std::array<Shelf, 32> shelves_;
    std::atomic<std::size_t> threads_{0};
};

}  // namespace

Deferred::Deferred(Key, std::uintptr_t token, routing::Exchange& of, std::string_view plugin, Clock::time_point due)
    : Errand(of), token_(token), plugin_(plugin), due_(due), home_(of.home()) {}

std::shared_ptr<Deferred> Deferred::make(routing::Exchange& of, std::string_view plugin, std::chrono::milliseconds timeout) {
    auto const due = Clock::now() + timeout;
    return Pending::get().add([&](std::uintptr_t token) { return std::make_shared<Deferred>(Key(), token, of, plugin, due); });
}

std::size_t Deferred::kept() { return Pending::get().size(); }

std::shared_ptr<Deferred> Deferred::find(void const* handle) {
    // Nearly always the route that is under way asks for its own.
    if (auto const* const frame = Frame::top(); frame != nullptr && frame->deferred != nullptr && frame->deferred->handle() == handle)
        return frame->deferred->is_over() ? nullptr : frame->deferred;
    return Pending::get().find(handle);
}

// Only the first gets it, and only when all of `required` has happened and nothing of `forbidden`.
bool Deferred::take(unsigned required, unsigned forbidden, unsigned more) noexcept {
    unsigned before = state_.load(std::memory_order_acquire);
    do
        if ((before & required) != required || (before & (forbidden | taken_bit)) != 0) return false;
    while (!state_.compare_exchange_weak(before, before | taken_bit | more, std::memory_order_acq_rel, std::memory_order_acquire));
    return true;
}

void Deferred::answer() noexcept {
    if (error_) {
        exchange.response.clear();
        exchange.response.problem(*error_);
    }
    exchange.complete();
}

void Deferred::wake_claimer(unsigned before) noexcept {
    if ((before & awaited_bit) != 0) state_.notify_all();
}

routing::Response* Deferred::claim() {
    unsigned seen = state_.fetch_or(awaited_bit, std::memory_order_acq_rel) | awaited_bit;
    while ((seen & (returned_bit | gone_bit)) == 0) {
        state_.wait(seen, std::memory_order_acquire);
        seen = state_.load(std::memory_order_acquire);
    }
    do
        if ((seen & (taken_bit | gone_bit)) != 0) return nullptr;
    while (!state_.compare_exchange_weak(seen, seen | claimed_bit, std::memory_order_acq_rel, std::memory_order_acquire));
    return &exchange.response;
}

routing::Response* Deferred::claimed() {
    auto const seen = state_.load(std::memory_order_acquire);
    return (seen & claimed_bit) != 0 && (seen & (taken_bit | gone_bit)) == 0 ? &exchange.response : nullptr;
}

void Deferred::complete(std::optional<Error> error) noexcept {
    if (!take(0, gone_bit, 0)) return;
    error_ = std::move(error);
    completed();
}

void Deferred::completed() noexcept {
    auto const before = state_.fetch_or(completed_bit, std::memory_order_acq_rel);
    if ((before & returned_bit) != 0) answer();  // otherwise the route's caller does, see returned()
}

void Deferred::click_done(bool durable, std::shared_ptr<tracking::ClickWaiter> self) noexcept {
    auto const* const frame = Frame::top();
    bool const in_its_route = frame != nullptr && frame->deferred.get() == this;
    if (!take(0, gone_bit, 0)) return;
    durable_ = durable;
    self_ = std::move(self);
    // Nothing of the exchange is touched here: its memory is in the cache of the thread that has it, if in any.
    if (home_ != nullptr && !in_its_route) home_->send(*this);
    else arrive();
}

void Deferred::arrive() noexcept {
    auto const self = std::move(self_);
    target.reset();
    if (!durable_) error_ = Error(errc::storage_failed, "the click could not be recorded");
    completed();
}

bool Deferred::returned() noexcept {
    auto const before = state_.fetch_or(returned_bit, std::memory_order_acq_rel);
    wake_claimer(before);
    if ((before & completed_bit) == 0) return true;
    if (!error_) return false;
    exchange.response.clear();
    exchange.response.problem(*error_);
    return false;
}

void Deferred::abandon() noexcept {
    wake_claimer(state_.fetch_or(gone_bit, std::memory_order_acq_rel));
}

void Deferred::time_out() noexcept {
    if (!take(returned_bit, claimed_bit | gone_bit, completed_bit)) return;
    exchange.response.clear();
    exchange.response.problem(Error(errc::deadline_exceeded, "plugin " + plugin_ + " did not answer in time"));
    exchange.complete();
}

}  // namespace partnerd::plugins
