#include "plugins/deferred.hpp"

#include <map>
#include <thread>
#include <unordered_map>

#include "plugins/frame.hpp"

namespace partnerd::plugins {
namespace {

using Clock = std::chrono::steady_clock;

// All that are under way, and the thread that ends those whose time is over. Never destroyed: a plugin's thread may still hold a number.
class Pending {
  public:
    static Pending& get() {
        static Pending& pending = *new Pending;  // NOLINT: lives as long as the process
        return pending;
    }
    void add(std::shared_ptr<Deferred> deferred, std::chrono::milliseconds timeout) {
        std::lock_guard const lock(mutex_);
        due_.emplace(Clock::now() + timeout, deferred);
        by_number_.emplace(reinterpret_cast<std::uintptr_t>(deferred->handle()), std::move(deferred));
        if (!running_) {
            std::thread([this] { run(); }).detach();
            running_ = true;
        }
        changed_.notify_one();
    }
    std::shared_ptr<Deferred> find(void const* handle) {
        std::lock_guard const lock(mutex_);
        auto const found = by_number_.find(reinterpret_cast<std::uintptr_t>(handle));
        return found == by_number_.end() ? nullptr : found->second;
    }
    void remove(std::uintptr_t number) {
        std::lock_guard const lock(mutex_);
        by_number_.erase(number);
    }

  private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            if (due_.empty()) {
                changed_.wait(lock);
                continue;
            }
            auto const first = due_.begin();
            if (auto const at = first->first; at > Clock::now()) {
                changed_.wait_until(lock, at);
                continue;
            }
            auto const deferred = first->second.lock();
            due_.erase(first);
            if (deferred == nullptr) continue;
            lock.unlock();
            bool const over = deferred->time_out();
            lock.lock();
            if (!over) due_.emplace(Clock::now() + std::chrono::milliseconds(50), deferred);
        }
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Clock::time_point, std::weak_ptr<Deferred>> due_;            // guarded by mutex_
    std::unordered_map<std::uintptr_t, std::shared_ptr<Deferred>> by_number_;  // guarded by mutex_
    bool running_ = false;                                                     // guarded by mutex_
};

}  // namespace

Deferred::Deferred(routing::Exchange& exchange, std::string plugin)
    : token_(next_token()), plugin_(std::move(plugin)), exchange_(&exchange) {}

std::shared_ptr<Deferred> Deferred::make(routing::Exchange& exchange, std::string plugin, std::chrono::milliseconds timeout) {
    std::shared_ptr<Deferred> made(new Deferred(exchange, std::move(plugin)));
    Pending::get().add(made, timeout);
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

bool Deferred::time_out() noexcept {
    routing::Exchange* exchange = nullptr;
    {
        std::lock_guard const lock(mutex_);
        if (exchange_ == nullptr) return true;
        if (!returned_ || claimed_) return false;
        exchange = std::exchange(exchange_, nullptr);
        completed_ = true;
    }
    retire();
    exchange->response.clear();
    exchange->response.problem(Error(errc::deadline_exceeded, "plugin " + plugin_ + " did not answer in time"));
    exchange->complete();
    return true;
}

}  // namespace partnerd::plugins
