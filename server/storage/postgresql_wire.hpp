// A session of libpq that nobody waits for without doing something else meanwhile: for listening. [one thread at a time]
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace partnerd::storage {

class PostgresqlWire {
  public:
    // Called at least every 100 ms of a wait; false gives up, which throws Failure(state).
    using Meanwhile = std::function<bool()>;

    // Connects. `shown` names the server in messages. Throws Failure(connection).
    PostgresqlWire(std::string const& conninfo, std::string shown, std::chrono::milliseconds patience, Meanwhile const& meanwhile);

    // The first column of the last row. Throws Failure: connection, or other for what the server refused.
    std::string ask(std::string const& sql, std::chrono::milliseconds patience, Meanwhile const& meanwhile);
    // Returns after that time, or as soon as a text may have come.
    void listen(std::chrono::milliseconds at_most);
    std::optional<std::string> next_text();  // of the notifications that came

  private:
    [[noreturn]] void fail(std::string const& what) const;
    bool wait(bool to_write, std::chrono::milliseconds at_most) const;  // false: nothing happened
    void connect(std::chrono::steady_clock::time_point until, Meanwhile const& meanwhile);
    void await_answer(std::chrono::steady_clock::time_point until, Meanwhile const& meanwhile);

    std::string const shown_;
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace partnerd::storage
