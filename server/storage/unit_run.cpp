#include "storage/unit_run.hpp"

#include "domain/result.hpp"

namespace partnerd::storage {
namespace {

bool is_storage_trouble(Failure::Category category) {
    using enum Failure::Category;
    return category == full || category == connection || category == conflict || category == timeout;
}

UnitResult rolled_back(std::string message) { return {UnitState::rolled_back, Failure::Category::none, std::move(message), {}}; }

}  // namespace

void UnitRun::answer() noexcept {
    if (result.state == UnitState::committed)
        for (auto const& hook : hooks) hook();
    unit->done(result);
}

UnitResult failed_result(Failure const& failure) {
    return {is_storage_trouble(failure.category) ? UnitState::failed : UnitState::rolled_back, failure.category, failure.what(),
            failure.sqlstate};
}

UnitResult run_handler(UnitTx& tx, Scope const& scope, std::function<bool()> const& work) noexcept {
    UnitResult result;
    try {
        if (!work()) result = rolled_back({});
    } catch (Refused const& refused) {
        result = rolled_back(refused.what());
    } catch (Failure const& failure) {
        result = failed_result(failure);
    } catch (std::exception const& error) {
        result = rolled_back(error.what());
    } catch (...) {
        result = rolled_back("an exception of an unknown type");
    }
    tx.close();
    if (scope.doomed()) result = failed_result(scope.failure());
    return result;
}

}  // namespace partnerd::storage
