// The way into a server: in this process, or over HTTP. Whoever runs an import gives one.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace partnerd::imports {

struct Call {
    std::string method;  // "POST"
    std::string target;  // "/v1/programs/shop/conversions?dry_run=1"
    std::string body;    // JSON
};

struct Answer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

class Door {
  public:
    virtual ~Door() = default;
    // Calls `done` exactly once, from any thread, possibly before it returns. Must not throw; a lost connection is a 503.
    virtual void send(Call call, std::function<void(Answer)> done) = 0;
};

}  // namespace partnerd::imports
