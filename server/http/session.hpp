// One connection: reads requests into one reused buffer, hands them to the handler one at a time, in order, and writes the answers.
// It is the Exchange of each of its requests in turn. All [io] on its own thread, but finish().
#pragma once

#include <boost/asio/basic_stream_socket.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/chunks.hpp"
#include "http/guard.hpp"
#include "http/io_thread.hpp"
#include "http/request_parser.hpp"
#include "routing/exchange.hpp"

namespace partnerd::http {

class Session final : public routing::Exchange, private routing::Errand {
  public:
    // `peer`: nothing for the Unix socket. `counted_per_ip`: the caller has entered it in Shared::per_ip; the destructor leaves.
    Session(IoThread& io, Socket socket, std::optional<Ip> peer, bool counted_per_ip);
    ~Session() override;

    void start();
    void finish() noexcept override;  // [any thread]
    routing::Home* home() noexcept override { return &io_; }
    void tick(Time now);  // deadlines
    void drain();         // closes it when it is idle
    void give_way();      // likewise, whatever may be on its way to it
    void stop();
    bool gone() const noexcept { return state_ == State::closed && pending_ == 0 && !in_flight_; }
    bool idle() const noexcept { return state_ == State::header && begin_ == end_; }
    Time quiet_since() const noexcept { return quiet_since_; }  // the accept, or the last answer

    std::size_t index = 0;  // in the thread's list

  private:
    enum class State { header, body, handling, lingering, closed };
    enum class Step { more, deferred, answered, last };

    void arrive() noexcept override;  // after finish() on another thread
    void go_on();
    void close();
    template <class Work>
    void enter(Work&& work);
    void run();
    Step read_header();
    Step read_body();
    void lower_names() noexcept;
    Step begin_request(Framing const& framing);
    Step begin_body(Framing const& framing);
    Step handle();
    Step answer();
    Step refuse(Error const& error);
    void await_request(Time now);
    void await_rest();
    void reset();
    static void forget_large(std::string& text);

    void read();
    void make_room();
    void on_read(boost::system::error_code ec, std::size_t count);
    bool flush();  // true when nothing is left to write
    void wait_until_writable();
    void on_writable();
    void yield();
    void linger();
    void time_out();

    std::string_view buffered() const noexcept { return {in_.data() + begin_, end_ - begin_}; }
    void set_client();
    void set_request_id();
    void mint_request_id();
    Time extended(Time from, std::chrono::milliseconds deadline, std::size_t bytes) const;

    IoThread& io_;
    Socket socket_;
    std::optional<Ip> peer_;
    std::string peer_text_;
    bool counted_per_ip_;
    bool behind_proxy_ = false;

    std::vector<char> in_;
    std::size_t begin_ = 0, end_ = 0;  // what was read and is not used yet
    std::size_t scanned_ = 0;          // from begin_: where the search for the header's end goes on; in a body: what the guard has passed
    std::string out_;
    std::size_t sent_ = 0;  // of out_

    std::optional<RequestParser> parser_;
    std::optional<ChunkGuard> chunks_;
    std::uint64_t body_left_ = 0;  // by Content-Length
    std::size_t body_received_ = 0;
    bool keep_body_ = true;

    State state_ = State::header;
    int version_ = 11;
    bool head_ = false;
    bool keep_alive_ = true;
    bool last_ = false;           // the connection ends when out_ is written
    bool header_began_ = true;    // its deadline is set: by the accept, the answer before, or its first bytes
    bool in_flight_ = false;      // the handler has the exchange
    bool handling_here_ = false;  // inside handler.handle()
    bool finished_here_ = false;  // finish() came before handle() returned
    bool reading_ = false, writing_ = false;
    int pending_ = 0;  // operations that Asio will still report

    std::size_t requests_ = 0;
    std::string id_prefix_;
    Time quiet_since_, body_began_, write_began_, handed_over_;
    std::size_t written_ = 0;
    Time read_deadline_ = Time::max(), write_deadline_ = Time::max();
};

// Every way in from Asio, the mailbox and the timer: an exception ends this session, not the server, and a session that is over
// is destroyed when nobody holds it any more. Answers are written into the thread's buffer, which is warm in the cache; only what the
// socket did not take stays with the session.
template <class Work>
void Session::enter(Work&& work) {
    bool const lent = out_.empty() && io_.lend_buffer(out_);
    try {
        work();
    } catch (...) {
        close();
    }
    if (lent && (out_.empty() || state_ == State::closed)) io_.give_back(out_);
    else if (lent) io_.keep_buffer();
    if (gone()) io_.release(*this);
}

}  // namespace partnerd::http
