// What an IO route may know.
//   codes_ = host.cache().define("codes", 10'000, [](Tx& tx, std::string_view key) { return tx.value<std::string>("select ...", arg("k",
// key)); });
//   auto const hit = codes_.get(code);          if (hit.load) return Flow::load;          if (!hit.value) refuse(404, ...);
#pragma once

#include <partnerd/cpp/storage.hpp>

namespace partnerd::inline v1 {

class Cache {
  public:
    struct Hit {
        bool load = false;                      // not known yet: return Flow::load
        std::optional<std::string_view> value;  // nothing: there is no such key; lasts until the route returns
    };
    Cache() = default;
    Cache(Services const& services, std::int32_t number) : services_(&services), number_(number) {}

    // [io] in an IO route.
    Hit get(std::string_view key) const {
        partnerd_str found{};
        auto const status = services_->cache->get(services_->host, number_, str(key), &found);
        if (status == PARTNERD_LOAD) return {true, std::nullopt};
        if (status == PARTNERD_E_NOTFOUND) return {false, std::nullopt};
        detail::check(status, "cache.get: only in an IO route");
        return {false, sv(found)};
    }
    // [write] Forgets the key once the unit has committed.
    void invalidate(Tx& tx, std::string_view key) const {
        detail::check(services_->cache->invalidate(tx.raw(), number_, str(key)), "cache.invalidate: only in a unit of work");
    }

  private:
    Services const* services_ = nullptr;
    std::int32_t number_ = -1;
};

class Caches {
  public:
    explicit Caches(Services& services) : services_(&services) {}

    // load: std::optional<std::string>(Tx&, std::string_view key); in a snapshot; nothing: there is no such key.
    template <class Load>
    Cache define(char const* name, std::size_t max_entries, Load load) {
        struct Trampoline {
            Services const* services;
            Load load;
            static partnerd_status run(void* user, partnerd_tx* raw, partnerd_str key, partnerd_buf* out, partnerd_error* e) noexcept {
                auto& self = *static_cast<Trampoline*>(user);
                return detail::guarded(e, [&]() -> partnerd_status {
                    Tx tx(*self.services, raw);
                    std::optional<std::string> const value = self.load(tx, sv(key));
                    if (!value) return PARTNERD_E_NOTFOUND;
                    copy_to(out, *value);
                    return PARTNERD_OK;
                });
            }
        };
        partnerd_cache cache{};
        cache.struct_size = sizeof cache;
        cache.name = name;
        cache.max_entries = max_entries;
        cache.load = &Trampoline::run;
        cache.user = services_->keep(Trampoline{services_, std::move(load)});
        std::int32_t number = -1;
        detail::call(services_->cache->define, services_->host, static_cast<partnerd_cache const*>(&cache), &number);
        return {*services_, number};
    }

  private:
    Services* services_;
};

}  // namespace partnerd::inline v1
