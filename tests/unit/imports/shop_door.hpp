// A server in miniature: it records each natural key once, on several threads and out of order, and watches what is promised of
// calls that share a key.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "imports/door.hpp"

namespace partnerd::imports {

class ShopDoor final : public Door {
  public:
    // Asked first, with the count of calls so far (from 1); a status other than 0 is the answer, and nothing is recorded.
    using Mood = std::function<Answer(Call const&, int call)>;

    explicit ShopDoor(Mood mood = {}, int threads = 3) : mood_(std::move(mood)) {
        for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { serve(static_cast<unsigned>(i)); });
    }
    ~ShopDoor() override {
        {
            std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        for (auto& thread : threads_) thread.join();
    }

    void send(Call call, std::function<void(Answer)> done) override {
        auto body = boost::json::parse(call.body).as_object();
        std::string order(body.at("external_id").as_string());
        std::lock_guard lock(mutex_);
        overlaps += busy_.contains(order) ? 1 : 0;
        busy_.insert(order);
        most_under_way = std::max(most_under_way, busy_.size());
        waiting_.push_back({std::move(call), std::move(done), std::move(body), std::move(order)});
        wake_.notify_all();
    }

    // Answers nobody before so many have been under way at once; gives up waiting for them when a minute has brought no more. Before the first call.
    void answer_from(std::size_t under_way) { answers_from_ = under_way; }

    // Read when nothing is under way.
    std::map<std::string, std::vector<std::string>> recorded;  // external_id -> ids of its events, in the order of recording
    std::vector<std::string> targets;
    std::size_t most_under_way = 0;
    int overlaps = 0;  // calls of one order at the same time
    int calls = 0;
    std::function<Answer(Answer)> on_answer;  // may lose the answer of what was recorded

  private:
    struct Waiting {
        Call call;
        std::function<void(Answer)> done;
        boost::json::object body;
        std::string order;
    };

    void serve(unsigned seed) {
        std::mt19937 random(seed);
        for (;;) {
            std::unique_lock lock(mutex_);
            if (!wake_.wait_for(lock, std::chrono::minutes(1), [this] { return stopping_ || has_work(); })) answers_from_ = 0;
            if (waiting_.empty() && stopping_) return;
            if (waiting_.empty()) continue;
            auto const nth = std::uniform_int_distribution<std::size_t>(0, waiting_.size() - 1)(random);
            auto work = std::move(waiting_[nth]);
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(nth));
            ++calls;
            targets.push_back(work.call.target);
            auto answer = mood_ ? mood_(work.call, calls) : Answer{};
            if (answer.status == 0) answer = record(work.order, work.body);
            if (on_answer) answer = on_answer(std::move(answer));
            busy_.erase(busy_.find(work.order));
            lock.unlock();
            work.done(std::move(answer));
        }
    }

    bool has_work() const { return !waiting_.empty() && most_under_way >= answers_from_; }

    Answer record(std::string const& order, boost::json::object const& body) {
        std::string const id(body.contains("adjustment_id") ? body.at("adjustment_id").as_string() : body.at("external_id").as_string());
        auto& events = recorded[order];
        if (std::find(events.begin(), events.end(), id) != events.end()) return {200, {}, R"({"duplicate":true})"};
        events.push_back(id);
        return {201, {}, "{}"};
    }

    Mood mood_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> waiting_;
    std::multiset<std::string> busy_;
    bool stopping_ = false;
    std::size_t answers_from_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace partnerd::imports
