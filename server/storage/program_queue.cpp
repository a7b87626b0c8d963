#include "storage/program_queue.hpp"

#include <algorithm>

namespace partnerd::storage {

bool ProgramQueue::push(Unit& unit) {
    auto const program = unit.program();
    {
        std::lock_guard const lock(mutex_);
        if (closed_ || size_ >= max_) return false;
        ++size_;
        auto& lane = program == 0 ? alone_ : lanes_[program].waiting;
        lane.push_back(&unit);
        if (program != 0 && (lanes_[program].busy || lane.size() > 1)) return true;  // in ready_ already, or when it is finished
        ready_.push_back(program);
    }
    something_.notify_one();
    return true;
}

std::vector<Unit*> ProgramQueue::take(std::size_t most) {
    std::unique_lock lock(mutex_);
    something_.wait(lock, [this] { return !ready_.empty() || (closed_ && size_ == 0); });
    std::vector<Unit*> taken;
    if (ready_.empty()) return taken;
    auto const program = ready_.front();
    ready_.pop_front();
    auto& waiting = program == 0 ? alone_ : lanes_[program].waiting;
    auto const count = program == 0 ? 1 : std::min(most, waiting.size());
    taken.assign(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
    size_ -= count;
    if (program != 0) lanes_[program].busy = true;
    if (closed_ && size_ == 0) something_.notify_all();
    return taken;
}

void ProgramQueue::finished(std::int64_t program) {
    if (program == 0) return;
    {
        std::lock_guard const lock(mutex_);
        auto const lane = lanes_.find(program);
        lane->second.busy = false;
        if (lane->second.waiting.empty()) {
            lanes_.erase(lane);
            return;
        }
        ready_.push_back(program);
    }
    something_.notify_one();
}

void ProgramQueue::close() {
    {
        std::lock_guard const lock(mutex_);
        closed_ = true;
    }
    something_.notify_all();
}

std::size_t ProgramQueue::size() const {
    std::lock_guard const lock(mutex_);
    return size_;
}

}  // namespace partnerd::storage
