#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/names.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

struct StopContext {
    std::function<bool()> const& should_stop;
};
std::int32_t should_stop(void* context) noexcept {
    if (context == nullptr) return 1;
    std::int32_t stop = 1;
    barrier(nullptr, [&] {
        stop = static_cast<StopContext*>(context)->should_stop() ? 1 : 0;
        return PARTNERD_OK;
    });
    return stop;
}

partnerd_status add_job(partnerd_host* host, partnerd_job const* given, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_job, user))
            return fail(e, PARTNERD_E_INVALID, "no job, or a struct_size that is too small");
        auto const c = whole(given);
        if (!is_name(sv_or_empty(c.id)) || c.run == nullptr || c.timeout_ms < 0)
            return fail(e, PARTNERD_E_INVALID, "a job has an id, [a-z][a-z0-9_]*, and a run function");
        auto const every = jobs::parse_schedule(sv_or_empty(c.schedule));
        if (!every) return fail(e, PARTNERD_E_INVALID, "job " + std::string(c.id) + ": " + every.error().message());
        jobs::Job job;
        job.id = instance.id + "." + c.id;
        for (auto const& other : instance.registered.jobs)
            if (other.id == job.id) return fail(e, PARTNERD_E_CONFLICT, "the job " + job.id + " is there already");
        job.every_us = *every;
        if (c.timeout_ms > 0) job.timeout_us = std::int64_t{c.timeout_ms} * 1000;
        job.run = [&instance, run = c.run, user = c.user](std::int64_t due_us, std::function<bool()> const& stop) -> Status {
            StopContext context{stop};
            partnerd_run const due{sizeof(partnerd_run), 0, due_us, &context, &should_stop};
            Frame const frame(instance, Role::worker);
            auto error = fresh_error();
            auto const status = run(user, &due, &error);
            return status >= 0 ? Status() : Status(plugin_error(instance.id, status, error));
        };
        instance.registered.jobs.push_back(std::move(job));
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_jobs_api const jobs_service = {sizeof(partnerd_jobs_api), 0, &add_job};

}  // namespace partnerd::plugins
