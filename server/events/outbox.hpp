// The outbox: events are written in the transaction that they tell of, and delivered after it committed.
// Two kinds of listeners. Subscribers run [write], database only, exactly once: their effect and their mark commit together.
// Deliverers reach the outside world: called [worker] without a transaction, at least once, with back-off on failure.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/clock.hpp"
#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::events {

struct Event {
    Id id = 0;
    Id program = 0;
    std::string type;          // "conversion.recorded"
    std::string ordering_key;  // events with the same key reach a listener in order
    std::string json;
    std::int64_t at_us = 0;
    int attempt = 1;
};

struct DeliveryResult {
    enum class State { done, retry, refused } state = State::done;  // refused: never again; kept in the log
    std::int64_t retry_after_us = 0;                                // 0: the outbox's own back-off
    std::string error;
};

class Outbox {
  public:
    using Subscriber = std::function<Status(storage::Tx&, Event const&)>;
    using Deliverer = std::function<DeliveryResult(Event const&)>;

    Outbox(Clock const& clock, IdMint& mint) : clock_(clock), mint_(mint) {}
    ~Outbox() { stop(); }

    // [main] before start(). `types`: names separated by spaces, "*" or "conversion.*".
    void subscribe(std::string listener, std::string types, Subscriber on);
    void deliver(std::string listener, std::string types, Deliverer on);
    // Forgets the listeners whose name begins with `prefix`: a plugin that failed to load. [main]
    void forget(std::string_view prefix);

    // [write] An event that nobody listens to is not stored.
    void publish(storage::Tx& tx, Id program, std::string_view type, std::string_view ordering_key, std::string_view json);
    bool wants(std::string_view type) const;  // [any] so that a publisher need not build the text

    void start(storage::Storage& storage);  // [main] begins to deliver, on a thread of its own
    void stop();                            // [main]
    // Delivers what is due; how many it handled. For tests and the command line; not beside start().
    int run_once(storage::Storage& storage);

  private:
    struct Listener {
        std::string name, types;
        Subscriber subscriber;
        Deliverer deliverer;
    };
    std::vector<Event> load_due(storage::Storage& storage, std::string_view listener) const;
    bool claim(storage::Storage& storage, Listener const& listener, Event const& event) const;
    DeliveryResult attempt(storage::Storage& storage, Listener const& listener, Event const& event) const;
    bool hand_over(storage::Storage& storage, Listener const& listener, Event const& event);  // false: it is tried again later
    int deliver_to(storage::Storage& storage, Listener const& listener);
    bool finish(storage::Tx& tx, std::string_view listener, Id event) const;  // false: it was delivered before
    void postpone(storage::Storage& storage, std::string_view listener, Event const& event, std::int64_t after_us, std::string_view error) const;
    void loop(storage::Storage& storage);

    Clock const& clock_;
    IdMint& mint_;
    std::vector<Listener> listeners_;  // constant after start()
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> stopping_{false};
    bool woken_ = false;  // guarded by mutex_
};

}  // namespace partnerd::events
