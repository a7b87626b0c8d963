#include "cli/socket_door.hpp"

#include "http/client.hpp"

namespace partnerd::cli {

namespace {

imports::Answer exchange(http::Client& client, imports::Call& call) {
    http::ClientRequest request{call.method, call.target, {}, std::move(call.body)};
    if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    try {
        auto response = client.send(request);
        imports::Answer answer{response.status, {}, std::move(response.body)};
        for (auto& header : response.headers) answer.headers.emplace_back(std::move(header.name), std::move(header.value));
        return answer;
    } catch (std::exception const& error) {
        client.disconnect();
        // Every call that goes this way is safe to send again: the natural keys tell a repeat.
        return {503, {}, R"({"code":"unreachable","detail":"the server did not answer"})"};
    }
}

}  // namespace

SocketDoor::SocketDoor(std::string path, int connections) : path_(std::move(path)) {
    for (int i = 0; i < connections; ++i) threads_.emplace_back([this] { work(); });
}

SocketDoor::~SocketDoor() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    for (auto& thread : threads_) thread.join();
}

void SocketDoor::send(imports::Call call, std::function<void(imports::Answer)> done) {
    std::lock_guard const lock(mutex_);
    waiting_.push_back({std::move(call), std::move(done)});
    changed_.notify_one();
}

void SocketDoor::work() {
    auto client = http::Client::unix_socket(path_);
    for (;;) {
        Waiting next;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        next.done(exchange(client, next.call));
    }
}

}  // namespace partnerd::cli
