// One request on its way through the house, and its answer on the way back.
#pragma once

#include "routing/rate_decision.hpp"
#include "routing/request.hpp"

namespace partnerd::routing {

class Exchange;

// What is to be done for an exchange on the thread where it lives.
class Errand {
  public:
    explicit Errand(Exchange& of) : exchange(of) {}
    virtual ~Errand() = default;
    // Once for each time it was sent. Must not throw.
    virtual void arrive() noexcept = 0;

    Exchange& exchange;
    Errand* next = nullptr;  // its carrier's
};

// The thread where exchanges live.
class Home {
  public:
    virtual ~Home() = default;
    // [any] Carries the errand there. Many wake the thread once. The exchange must not be finished before the errand has arrived.
    virtual void send(Errand& errand) noexcept = 0;
};

// Hears of each answer just before it leaves; may still add headers. [any thread] Must not block.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void answered(Exchange& exchange) noexcept = 0;
};

// Made and owned by whoever received the request (an HTTP session, the command line). It stays alive until finish() was called.
class Exchange {
  public:
    virtual ~Exchange() = default;
    Request request;
    Response response;
    // [any thread] Exactly once per request: the response is complete, send it. Must not block or throw. From the storage thread
    // it is called for a whole batch in a row, so an implementation wakes its own thread once for many.
    virtual void finish() noexcept = 0;
    // [any] Where it is finished with the least to and fro; null: on any thread as well.
    virtual Home* home() noexcept { return nullptr; }

    // What everybody calls who has answered a request, instead of finish(): tells the observer first. [any thread]
    void complete() noexcept {
        if (Observer* const told = std::exchange(observer, nullptr)) told->answered(*this);
        finish();
    }
    Observer* observer = nullptr;  // set by the dispatcher
    RateDecision rate;             // the dispatcher's own
};

// What takes requests. [any thread]; answers with exchange.finish(), possibly before handle() returns.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual void handle(Exchange& exchange) = 0;
    // The largest body for this method and path, asked once the header is in; 0 when there is no such route.
    virtual std::size_t body_limit(std::string_view method, std::string_view path) const = 0;
};

}  // namespace partnerd::routing
