// A fixed number of threads with a bounded queue, for reads and for what may block.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace partnerd::routing {

class WorkerPool {
  public:
    WorkerPool(int threads, std::size_t queue_max);
    ~WorkerPool();
    // [main] Takes nothing more, runs what waits, joins its threads.
    void stop();
    // [any] false when the queue is full or the pool stops; then `work` is not run. Work must not throw.
    [[nodiscard]] bool submit(std::function<void()> work);
    std::size_t waiting() const;

  private:
    void run();

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    std::size_t const queue_max_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace partnerd::routing
