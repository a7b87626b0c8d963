// Requests of one kind over some connections. Closed loop (rate 0): each connection sends as soon as it has its answer. Open loop:
// request k is meant to go at start + k / rate, and its latency counts from then, also when no connection was free in time, so that a
// server that stalls cannot hide it (coordinated omission). One thread.
#pragma once

#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connection.hpp"
#include "histogram.hpp"
#include "request_template.hpp"

namespace bench {

struct StreamSettings {
    std::string name = "requests", request, rows, clicks_out;
    enum class Order { cycle, random, once } order = Order::cycle;  // which row the next request takes; once: ends after the last
    double rate = 0;
    std::size_t connections = 64;
    std::uint64_t most = UINT64_MAX;  // requests
};
// "name=click,connections=64,rate=10000,request=FILE,rows=FILE,order=random,most=1000,clicks_out=FILE"; throws on anything else.
StreamSettings parse_stream(std::string_view text);

class Stream {
  public:
    // `tag`: the upper half of what epoll tells; the lower half is the connection.
    Stream(StreamSettings settings, int epoll, std::uint32_t tag, sockaddr_in const& address, std::string const& run);

    void start(std::int64_t begin_us, std::int64_t count_from_us, std::int64_t end_us);
    // Sends what is due on free connections. Returns when the next one is due; INT64_MAX: when an answer comes.
    std::int64_t pump(std::int64_t at_us);
    void readable(std::uint32_t connection);
    bool finished(std::int64_t at_us) const { return in_flight_ == 0 && !may_send(at_us); }
    void print(std::FILE* out) const;  // one JSON object

  private:
    bool may_send(std::int64_t at_us) const { return sent_ < most_ && (settings_.rate > 0 ? due_us(sent_) : at_us) < end_us_; }
    std::int64_t due_us(std::uint64_t k) const {
        return begin_us_ + static_cast<std::int64_t>(static_cast<double>(k) * 1e6 / settings_.rate);
    }
    std::size_t next_row();
    void send(Connection& connection, std::int64_t intended_us);
    void answered(Connection& connection, std::int64_t at_us);
    void keep_click(Connection const& connection);
    void lose(Connection& connection);
    std::uint64_t unanswered() const;

    StreamSettings const settings_;
    RequestTemplate template_;
    Rows rows_;
    std::uint64_t most_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::deque<Connection*> free_;  // the one that waited for longest is next, so that none idles until the server ends it
    std::string buffer_;
    std::uint64_t random_;
    std::int64_t begin_us_ = 0, count_from_us_ = 0, end_us_ = 0, last_answer_us_ = 0;
    std::uint64_t sent_ = 0, in_flight_ = 0, lost_ = 0, in_time_ = 0;
    std::map<int, std::uint64_t> by_status_;
    std::string first_refusal_;
    Histogram latency_;
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> clicks_;
};

}  // namespace bench
