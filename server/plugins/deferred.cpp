#include "plugins/deferred.hpp"

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
class Pending {
  public:
    static Pending& get() {
        static Pending& pending = *new Pending;  // NOLINT: lives as long as the process
        return pending;
    }
    void add(std::shared_ptr<Deferred> deferred) {
        auto const number = reinterpret_cast<std::uintptr_t>(deferred->handle());
        auto& shard = shard_of(number);
        std::lock_guard const lock(shard.mutex);
        shard.by_number.emplace(number, std::move(deferred));
    }
    std::shared_ptr<Deferred> find(void const* handle) {
        auto const number = reinterpret_cast<std::uintptr_t>(handle);
        auto& shard = shard_of(number);
        std::lock_guard const lock(shard.mutex);
        auto const found = shard.by_number.find(number);
        return found == shard.by_number.end() ? nullptr : found->second;
    }
    void remove(std::uintptr_t number) {
        auto& shard = shard_of(number);
        std::unique_lock lock(shard.mutex);
        auto const node = shard.by_number.extract(number);
        lock.unlock();  // the last reference may go with the node
    }

  private:
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::uintptr_t, std::shared_ptr<Deferred>> by_number;  // guarded by mutex
    };
    Pending() {
        std::thread([this] { run(); }).detach();
    }
    Shard& shard_of(std::uintptr_t number) { return shards_[(number >> 20) % shards_.size()]; }
    void run() {
        for (std::vector<std::shared_ptr<Deferred>> due;; due.clear()) {
            std::this_thread::sleep_for(timeout_tick);
            auto const now = Clock::now();
            for (auto& shard : shards_) {
                std::lock_guard const lock(shard.mutex);
                for (auto const& [number, deferred] : shard.by_number)
                    if (deferred->due() <= now) due.push_back(deferred);
            }
            for (auto const& deferred : due) deferred->time_out();
        }
    }
    std::array<Shard, 16> shards_;
};

}  // namespace

Deferred::Deferred(Key, routing::Exchange& exchange, std::string_view plugin, Clock::time_point due)
    : token_(next_token()), plugin_(plugin), due_(due), exchange_(exchange) {}

std::shared_ptr<Deferred> Deferred::make(routing::Exchange& exchange, std::string_view plugin, std::chrono::milliseconds timeout) {
    auto made = std::make_shared<Deferred>(Key(), exchange, plugin, Clock::now() + timeout);
    Pending::get().add(made);
    return made;
}

std::shared_ptr<Deferred> Deferred::find(void const* handle) {
    // Nearly always the route that is under way asks for its own.
    if (auto const* const frame = Frame::top(); frame != nullptr && frame->deferred != nullptr && frame->deferred->handle() == handle)
        return frame->deferred->is_over() ? nullptr : frame->deferred;
    return Pending::get().find(handle);
}

void Deferred::retire() noexcept { Pending::get().remove(token_); }

// Only the first gets it, and only when all of `required` has happened and nothing of `forbidden`.
bool Deferred::take(unsigned required, unsigned forbidden, unsigned more) noexcept {
    unsigned before = state_.load(std::memory_order_acquire);
    do
        if ((before & required) != required || (before & (forbidden | taken_bit)) != 0) return false;
    while (!state_.compare_exchange_weak(before, before | taken_bit | more, std::memory_order_acq_rel, std::memory_order_acquire));
    return true;
}

void Deferred::answer() noexcept {
    retire();
    if (error_) {
        exchange_.response.clear();
        exchange_.response.problem(*error_);
    }
    exchange_.complete();
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
    return &exchange_.response;
}

routing::Response* Deferred::claimed() {
    auto const seen = state_.load(std::memory_order_acquire);
    return (seen & claimed_bit) != 0 && (seen & (taken_bit | gone_bit)) == 0 ? &exchange_.response : nullptr;
}

void Deferred::complete(std::optional<Error> error) noexcept {
    if (!take(0, gone_bit, 0)) return;
    error_ = std::move(error);
    auto const before = state_.fetch_or(completed_bit, std::memory_order_acq_rel);
    if ((before & returned_bit) != 0) answer();  // otherwise the route's caller does, see returned()
}

bool Deferred::returned() noexcept {
    auto const before = state_.fetch_or(returned_bit, std::memory_order_acq_rel);
    wake_claimer(before);
    if ((before & completed_bit) == 0) return true;
    retire();
    if (!error_) return false;
    exchange_.response.clear();
    exchange_.response.problem(*error_);
    return false;
}

void Deferred::abandon() noexcept {
    wake_claimer(state_.fetch_or(gone_bit, std::memory_order_acq_rel));
    retire();
}

void Deferred::time_out() noexcept {
    if (!take(returned_bit, claimed_bit | gone_bit, completed_bit)) return;
    retire();
    exchange_.response.clear();
    exchange_.response.problem(Error(errc::deadline_exceeded, "plugin " + plugin_ + " did not answer in time"));
    exchange_.complete();
}

}  // namespace partnerd::plugins
