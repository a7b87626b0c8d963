#include "storage/reader_gate.hpp"

namespace partnerd::storage {

bool ReaderGate::enter(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    if (!opened_.wait_until(lock, until, [this] { return !closed_; })) return false;
    ++inside_;
    return true;
}

void ReaderGate::leave() {
    {
        std::lock_guard lock(mutex_);
        if (--inside_ > 0 || !closed_) return;
    }
    out_();
}

void ReaderGate::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
}

void ReaderGate::open() {
    {
        std::lock_guard lock(mutex_);
        closed_ = false;
    }
    opened_.notify_all();
}

bool ReaderGate::empty() const {
    std::lock_guard lock(mutex_);
    return inside_ == 0;
}

}  // namespace partnerd::storage
