// Ends the process when one unit holds a writer for too long, naming what ran: a writer that is stuck answers nobody, and a
// thread cannot be stopped from outside.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace partnerd::storage {

class UnitWatch {
  public:
    explicit UnitWatch(std::chrono::milliseconds longest);  // zero: watches nothing
    ~UnitWatch();

    // One writing thread. Its owner lives shorter than the watch.
    class Writer {
      public:
        explicit Writer(UnitWatch& watch);
        ~Writer();
        void attach();             // the calling thread is the one whose label counts
        void begin() noexcept;     // a unit starts, without a label
        void progress() noexcept;  // the database answered: the unit is not stuck
        void end() noexcept { since_ms_.store(0); }

      private:
        friend class UnitWatch;
        friend void label_running_unit(std::string_view) noexcept;
        UnitWatch& watch_;
        std::atomic<std::int64_t> since_ms_{0};
        std::mutex label_mutex_;
        char label_[128] = "";
    };

  private:
    void run();
    void check(std::int64_t now_ms);

    std::chrono::milliseconds const longest_;
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool stop_ = false;
    std::vector<Writer*> writers_;
    std::thread thread_;
};

void label_running_unit(std::string_view label) noexcept;  // of the calling thread, if it writes
bool this_thread_writes() noexcept;

}  // namespace partnerd::storage
