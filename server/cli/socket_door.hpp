// Calls over the Unix socket of a running server, several at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "imports/door.hpp"

namespace partnerd::cli {

class SocketDoor final : public imports::Door {
  public:
    SocketDoor(std::string path, int connections);
    ~SocketDoor() override;  // finishes the calls that wait

    void send(imports::Call call, std::function<void(imports::Answer)> done) override;

  private:
    struct Waiting {
        imports::Call call;
        std::function<void(imports::Answer)> done;
    };
    void work();

    std::string const path_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;  // guarded by mutex_
    bool stopping_ = false;        // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace partnerd::cli
