// One thread with an io_context of its own, its listening sockets and its sessions: nothing of a session is touched by another thread,
// so there are no strands and no locks on the way of a request.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/shared.hpp"

namespace partnerd::http {

using Executor = boost::asio::io_context::executor_type;  // concrete: no type-erased executor in each operation
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;
using Time = std::chrono::steady_clock::time_point;
inline Time steady_now() noexcept { return std::chrono::steady_clock::now(); }

class Session;

class IoThread final : public routing::Home {
  public:
    explicit IoThread(Shared& shared);
    ~IoThread() override;

    enum class Peers { tcp, local };
    void listen(int descriptor, Peers peers);  // before start(); takes the descriptor
    void start();
    // [any thread] Stop accepting and close what is idle; the rest ends with its answer.
    void drain();
    // [any thread] Close every connection. Exchanges that a handler still holds are waited for: the thread ends when the last is finished.
    void stop();
    void join();

    void send(routing::Errand& errand) noexcept override;
    static IoThread* current() noexcept;  // the one whose thread this is, or null

    // [io]
    Shared& shared() noexcept { return shared_; }
    std::string_view date() const noexcept { return date_; }  // of the last tick
    void release(Session& session);                           // destroys it
    Executor executor() noexcept { return context_.get_executor(); }
    // True once for each errand that has arrived and is no session: what it finishes goes on at once, without another round.
    bool take_arrival() noexcept { return std::exchange(arrived_, false); }
    std::string mint_request_prefix();
    // The buffer for answers: lent to one session at a time, false while another has it; given back, or kept with what is in it.
    bool lend_buffer(std::string& to) noexcept;
    void give_back(std::string& from) noexcept;
    void keep_buffer() noexcept { buffer_lent_ = false; }

  private:
    struct Listener {
        boost::asio::posix::basic_stream_descriptor<Executor> descriptor;
        Peers peers;
        bool waiting = false;
    };

    void wait_for_connections(Listener& listener);
    void accept(Listener& listener);
    void admit(int descriptor, std::optional<Ip> const& peer);  // no address: the Unix socket
    void pause_accepting();
    void resume_accepting();
    void close_longest_idle();
    void collect();
    static void fetch_ahead(routing::Errand const* errand) noexcept;
    void tick();
    void run();
    void end_if_done();

    Shared& shared_;
    boost::asio::io_context context_;
    // Exchanges in flight are no work that Asio knows of: the thread ends by end_if_done() only.
    boost::asio::executor_work_guard<Executor> work_;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor> timer_;
    std::chrono::milliseconds tick_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<std::unique_ptr<Session>> sessions_;
    alignas(64) std::atomic<routing::Errand*> mailbox_{nullptr};  // newest first; written by other threads
    alignas(64) std::string date_;
    std::string buffer_;
    bool buffer_lent_ = false;
    bool arrived_ = false;
    std::uint64_t random_;
    bool accepting_ = true;
    bool paused_ = false;  // too many connections, or no descriptor left
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace partnerd::http
