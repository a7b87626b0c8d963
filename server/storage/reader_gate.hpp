// Lets readers in and out, and holds new ones back while the write-ahead log is started anew: a reader that came in meanwhile
// would pin the log.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace partnerd::storage {

class ReaderGate {
  public:
    // `out` is called when the last reader left a closed gate.
    explicit ReaderGate(std::function<void()> out) : out_(std::move(out)) {}

    bool enter(std::chrono::steady_clock::time_point until);  // [read] false when the gate stayed closed until then
    void leave();                                             // [read]
    void close();                                             // [writer]
    void open();                                              // [writer]
    bool empty() const;

  private:
    std::function<void()> out_;
    mutable std::mutex mutex_;
    std::condition_variable opened_;
    bool closed_ = false;
    int inside_ = 0;
};

}  // namespace partnerd::storage
