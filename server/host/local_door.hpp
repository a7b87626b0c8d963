// The way into the server for commands of the same process: a request is handed to the dispatcher as if an operator had sent it.
#pragma once

#include <condition_variable>
#include <mutex>

#include "imports/door.hpp"
#include "routing/exchange.hpp"

namespace partnerd::host {

class LocalDoor final : public imports::Door {
  public:
    explicit LocalDoor(routing::Handler& handler) : handler_(handler) {}
    ~LocalDoor() override;  // waits for the calls under way

    void send(imports::Call call, std::function<void(imports::Answer)> done) override;

  private:
    class Conversation;
    void left() noexcept;

    routing::Handler& handler_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t under_way_ = 0;  // guarded by mutex_
};

// Sends one call and waits for its answer.
imports::Answer ask(imports::Door& door, imports::Call call);

}  // namespace partnerd::host
