#include "host/local_door.hpp"

#include <memory>

namespace partnerd::host {

class LocalDoor::Conversation final : public routing::Exchange {
  public:
    Conversation(LocalDoor& door, std::function<void(imports::Answer)> done) : door_(door), done_(std::move(done)) {}

    void finish() noexcept override {
        std::unique_ptr<Conversation> const self(this);
        imports::Answer answer{response.status, {}, std::move(response.body)};
        for (auto& header : response.headers) answer.headers.emplace_back(std::move(header.name), std::move(header.value));
        done_(std::move(answer));
        door_.left();
    }

  private:
    LocalDoor& door_;
    std::function<void(imports::Answer)> done_;
};

LocalDoor::~LocalDoor() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
}

void LocalDoor::left() noexcept {
    std::lock_guard const lock(mutex_);
    --under_way_;
    changed_.notify_all();
}

void LocalDoor::send(imports::Call call, std::function<void(imports::Answer)> done) {
    auto conversation = std::make_unique<Conversation>(*this, std::move(done));
    auto& request = conversation->request;
    request.method = std::move(call.method);
    request.target = std::move(call.target);
    request.body = std::move(call.body);
    if (!request.body.empty()) request.add_header("content-type", "application/json");
    request.client_ip = "local";
    request.from_operator = true;
    {
        std::lock_guard const lock(mutex_);
        ++under_way_;
    }
    handler_.handle(*conversation.release());  // finish() owns it now
}

imports::Answer ask(imports::Door& door, imports::Call call) {
    std::mutex mutex;
    std::condition_variable changed;
    bool answered = false;
    imports::Answer answer;
    door.send(std::move(call), [&](imports::Answer given) {
        std::lock_guard const lock(mutex);
        answer = std::move(given);
        answered = true;
        changed.notify_one();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return answered; });
    return answer;
}

}  // namespace partnerd::host
