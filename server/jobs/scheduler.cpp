#include "jobs/scheduler.hpp"

#include <algorithm>
#include <charconv>

#include "logging/log.hpp"

namespace partnerd::jobs {

using storage::arg;

Result<std::int64_t> parse_schedule(std::string_view text) {
    auto const invalid = Error(errc::invalid_config, "'" + std::string(text.substr(0, 40)) + "' is not a schedule such as \"every 5 minutes\"");
    if (!text.starts_with("every ")) return invalid;
    text.remove_prefix(6);
    std::int64_t count = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count < 1 || count > 1000) return invalid;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.ends_with('s')) text.remove_suffix(1);
    if (text == " second") return count * second_us;
    if (text == " minute") return count * minute_us;
    if (text == " hour") return count * hour_us;
    if (text == " day") return count * day_us;
    return invalid;
}

void Scheduler::add(Job job) { jobs_.push_back(std::move(job)); }
void Scheduler::forget(std::string_view prefix) {
    std::erase_if(jobs_, [&](Job const& job) { return job.id.starts_with(prefix); });
}

bool Scheduler::claim(storage::Storage& storage, Job const& job, Claim& claim) {
    auto const now = clock_.now_us();
    // A read first: most rounds find nothing due, and writing nothing costs no fsync.
    std::optional<std::tuple<std::int64_t, std::int64_t>> row;
    storage.read([&](storage::Tx& tx) { row = tx.row<std::int64_t, std::int64_t>("select next_due_us, lease_until_us from job where id = :id", {arg("id", job.id)}); });
    if (row && (std::get<0>(*row) > now || std::get<1>(*row) > now)) return false;
    return storage.write([&](storage::Tx& tx) {
        tx.exec("insert into job (id, next_due_us, lease_until_us, last_started_us, last_error) values (:id, :now, 0, 0, '') on conflict (id) do nothing",
                {arg("id", job.id), arg("now", now)});
        claim = {tx.value<std::int64_t>("select next_due_us from job where id = :id", {arg("id", job.id)}).value_or(now), now + job.timeout_us};
        return tx.exec("update job set lease_until_us = :lease, last_started_us = :now where id = :id and next_due_us <= :now and lease_until_us <= :now",
                       {arg("lease", claim.lease_until_us), arg("now", now), arg("id", job.id)}) == 1;
    });
}

// Another runner may have taken over a lease that ran out; it is left to it.
void Scheduler::release(storage::Storage& storage, Job const& job, Claim const& claim, std::string const& error) {
    storage.write([&](storage::Tx& tx) {
        tx.exec("update job set next_due_us = :next, lease_until_us = 0, last_error = :error where id = :id and lease_until_us = :lease",
                {arg("next", clock_.now_us() + job.every_us), arg("error", error), arg("id", job.id), arg("lease", claim.lease_until_us)});
        return true;
    });
}

int Scheduler::run_due(storage::Storage& storage) {
    int ran = 0;
    for (auto const& job : jobs_) {
        Claim claimed;
        if (stopping_ || !claim(storage, job, claimed)) continue;
        std::string error;
        try {
            auto const status = job.run(claimed.due_us, [this] { return stopping_.load(); });
            if (!status) error = status.error().message();
        } catch (std::exception const& e) {
            error = e.what();
        }
        if (!error.empty()) logging::error("a job failed; it will run again when it is due", {{"job", job.id}, {"error", error}});
        release(storage, job, claimed, error);
        ++ran;
    }
    return ran;
}

void Scheduler::start(storage::Storage& storage) {
    thread_ = std::thread([this, &storage] { loop(storage); });
}

void Scheduler::stop() {
    stopping_ = true;
    {
        std::lock_guard const lock(mutex_);
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Scheduler::loop(storage::Storage& storage) {
    while (!stopping_) {
        try {
            run_due(storage);
        } catch (std::exception const& e) {
            logging::error("the scheduler could not reach the storage; it will try again", {{"error", e.what()}});
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_.load(); });
    }
}

}  // namespace partnerd::jobs
