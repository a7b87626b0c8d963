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

Deferred::Deferred(routing::Exchange& exchange, std::string_view plugin, Clock::time_point due)
    : token_(next_token()), plugin_(plugin), due_(due), exchange_(&exchange) {}

std::shared_ptr<Deferred> Deferred::make(routing::Exchange& exchange, std::string_view plugin, std::chrono::milliseconds timeout) {
    std::shared_ptr<Deferred> made(new Deferred(exchange, plugin, Clock::now() + timeout));
    Pending::get().add(made);
    return made;
}

std::shared_ptr<Deferred> Deferred::find(void const* handle) { return Pending::get().find(handle); }

void Deferred::retire() noexcept { Pending::get().remove(token_); }

void Deferred::answer_error(routing::Exchange& exchange) const {
    if (!error_) return;
    exchange.response.clear();
    exchange.response.problem(*error_);
}

routing::Response* Deferred::claim() {
    std::unique_lock lock(mutex_);
    has_returned_.wait(lock, [this] { return returned_ || exchange_ == nullptr; });
    if (exchange_ == nullptr || completed_) return nullptr;
    claimed_ = true;
    return &exchange_->response;
}

routing::Response* Deferred::claimed() {
    std::lock_guard const lock(mutex_);
    return claimed_ && exchange_ != nullptr && !completed_ ? &exchange_->response : nullptr;
}

void Deferred::complete(std::optional<Error> error) noexcept {
    routing::Exchange* exchange = nullptr;
    {
        std::lock_guard const lock(mutex_);
        if (exchange_ == nullptr || completed_) return;
        completed_ = true;
        error_ = std::move(error);
        if (!returned_) return;
        exchange = std::exchange(exchange_, nullptr);
    }
    retire();
    answer_error(*exchange);
    exchange->complete();
}

bool Deferred::returned() noexcept {
    {
        std::lock_guard const lock(mutex_);
        returned_ = true;
        has_returned_.notify_all();
        if (!completed_) return true;
        answer_error(*exchange_);
        exchange_ = nullptr;
    }
    retire();
    return false;
}

void Deferred::abandon() noexcept {
    {
        std::lock_guard const lock(mutex_);
        exchange_ = nullptr;
        completed_ = true;
        has_returned_.notify_all();
    }
    retire();
}

void Deferred::time_out() noexcept {
    routing::Exchange* exchange = nullptr;
    {
        std::lock_guard const lock(mutex_);
        if (exchange_ == nullptr || !returned_ || claimed_) return;
        exchange = std::exchange(exchange_, nullptr);
        completed_ = true;
    }
    retire();
    exchange->response.clear();
    exchange->response.problem(Error(errc::deadline_exceeded, "plugin " + plugin_ + " did not answer in time"));
    exchange->complete();
}

}  // namespace partnerd::plugins
