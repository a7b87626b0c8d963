// Visitors and a merchant's queue through a balancer, and what they were told.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "e2e/crowd.hpp"
#include "e2e/nodes.hpp"

namespace partnerd::e2e {

// Clicks on "landing" and sales of "acme" from eight clients until end(). [main]
class Traffic {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // Patient: what was answered 502, 503, 504 or not at all is sent again, a sale with its key. Otherwise that is a complaint, whether sales
    // have keys or not.
    enum class Manner { patient, keyed, plain };
    Traffic(Nodes& nodes, Manner manner);
    ~Traffic() { end(); }
    void end();  // when every request has its answer
    // Behind end(): what was acknowledged is there, once, and nothing else of the sales; ids are nobody else's; verify holds.
    void check_books();
    // Until the first success of a request that was sent behind it.
    std::chrono::milliseconds back_after(Time moment) const;
    // Waits until that many more requests succeeded.
    void await(int successes) const;
    std::string summary() const;

  private:
    enum class Verdict { done, again, given_up };
    struct Success {
        Time sent, answered;
    };

    void run();
    Verdict judge(std::string const& what, Answer const& answer, int wanted);
    Verdict sell(Session& session, std::string const& id);
    Verdict click(Session& session);
    void note(Time sent);

    Nodes& nodes_;
    bool const patient_, keyed_;
    std::atomic<bool> ending_{false};
    std::atomic<std::int64_t> succeeded_{0}, refused_{0};
    Complaints complaints_;
    mutable std::mutex mutex_;
    std::set<std::string> sales_;       // guarded by mutex_
    std::set<std::int64_t> clicks_;     // guarded by mutex_
    std::vector<Success> successes_;    // guarded by mutex_
    std::thread thread_;
};

}  // namespace partnerd::e2e
