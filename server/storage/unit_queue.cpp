#include "storage/unit_queue.hpp"

namespace partnerd::storage {

bool UnitQueue::push(Unit& unit) {
    {
        std::lock_guard lock(mutex_);
        if (closed_ || refusing_.load() || units_.size() >= max_) return false;
        units_.push_back(&unit);
    }
    something_.notify_one();
    return true;
}

Unit* UnitQueue::pop() {
    std::lock_guard lock(mutex_);
    if (units_.empty()) return nullptr;
    auto* unit = units_.front();
    units_.pop_front();
    return unit;
}

Unit* UnitQueue::take() {
    std::unique_lock lock(mutex_);
    something_.wait(lock, [this] { return closed_ || !units_.empty(); });
    if (units_.empty()) return nullptr;
    auto* unit = units_.front();
    units_.pop_front();
    return unit;
}

void UnitQueue::wake() {
    if (woken_.exchange(true)) return;  // a click a call: only the first since the last wait pays for the lock
    { std::lock_guard lock(mutex_); }
    something_.notify_one();
}

void UnitQueue::wait(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    something_.wait_for(lock, longest, [this] { return closed_ || !units_.empty() || woken_.load(); });
    woken_.store(false);
}

void UnitQueue::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    something_.notify_all();
}

bool UnitQueue::closed() const {
    std::lock_guard lock(mutex_);
    return closed_;
}

std::size_t UnitQueue::size() const {
    std::lock_guard lock(mutex_);
    return units_.size();
}

}  // namespace partnerd::storage
