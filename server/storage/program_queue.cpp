#include "storage/program_queue.hpp"

#include <algorithm>
#include <utility>

namespace partnerd::storage {

bool ProgramQueue::push(Unit& unit) {
    auto const program = unit.program();
    {
        std::lock_guard const lock(mutex_);
        if (closed_ || size_ >= max_) return false;
        ++size_;
        if (program == 0) {
            alone_.push_back(&unit);
        } else {
            auto& lane = lanes_[program];
            lane.waiting.push_back(&unit);
            if (lane.busy || lane.waiting.size() > 1) return true;  // in ready_ already, or when it is finished
            ready_.push_back(program);
            if (!may_take()) return true;  // for the writer that ends its batch
        }
    }
    something_.notify_one();
    return true;
}

void ProgramQueue::take_lane(std::size_t most, std::vector<Unit*>& taken) {
    auto& lane = lanes_[ready_.front()];
    ready_.pop_front();
    auto const count = static_cast<std::ptrdiff_t>(std::min(most, lane.waiting.size()));
    taken.insert(taken.end(), lane.waiting.begin(), lane.waiting.begin() + count);
    lane.waiting.erase(lane.waiting.begin(), lane.waiting.begin() + count);
    lane.busy = true;
}

std::vector<Unit*> ProgramQueue::take(std::size_t most) {
    std::unique_lock lock(mutex_);
    something_.wait(lock, [this] { return has_work() || (closed_ && size_ == 0); });
    std::vector<Unit*> taken;
    if (!has_work()) return taken;
    bool const alone = !alone_.empty() && (ready_.empty() || !may_take() || !alone_was_last_);
    alone_was_last_ = alone;
    if (alone) {
        taken.push_back(alone_.front());
        alone_.pop_front();
    } else {
        while (!ready_.empty() && taken.size() < most) take_lane(most - taken.size(), taken);
        ++batches_;
    }
    size_ -= taken.size();
    if (closed_ && size_ == 0) something_.notify_all();
    else if (has_work()) something_.notify_one();
    return taken;
}

void ProgramQueue::give_back(std::vector<Unit*> const& units) {
    {
        std::lock_guard const lock(mutex_);
        for (auto at = units.rbegin(); at != units.rend(); ++at) {
            auto& lane = lanes_[(*at)->program()];
            lane.waiting.push_front(*at);
            if (std::exchange(lane.busy, false)) ready_.push_back((*at)->program());
        }
        size_ += units.size();
    }
    something_.notify_one();
}

void ProgramQueue::finished(std::vector<std::int64_t> const& programs) {
    {
        std::lock_guard const lock(mutex_);
        for (auto const program : programs) {
            auto const lane = lanes_.find(program);
            lane->second.busy = false;
            if (lane->second.waiting.empty()) lanes_.erase(lane);
            else ready_.push_back(program);
        }
        --batches_;
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
