// What a ConfigWorker's thread does with a request.

#include <fmt/format.h>

#include <utility>

#include "config/config_checks.hpp"
#include "metrics/log.hpp"
#include "server/codes.hpp"
#include "server/config_worker.hpp"
#include "server/engine_question.hpp"

namespace tickstock {

ConfigDesk::Answer ConfigWorker::refuse(const ConfigProblems& problems, const std::string& by) {
    count(&Counts::invalid);
    for (const ConfigProblem& problem : problems.list()) {
        log_warn("config", "{}: nothing is changed: {}", by, problem.message);
    }
    return problems_answer(problems);
}

ConfigDesk::Answer ConfigWorker::refuse(const ReloadPlan& plan, const std::string& by) {
    count(&Counts::restart);
    for (const ConfigDifference& found : plan.needs_restart) {
        log_warn("config", "{}: nothing is changed: {} needs a restart", by, found.text());
    }
    return restart_answer(plan);
}

ConfigDesk::Answer ConfigWorker::fail(Answer answer, const std::string& by) {
    count(&Counts::failed);
    log_error("config", "{}: nothing is changed: {}", by, answer.body);
    return answer;
}

void ConfigWorker::check_as_start(const Config& next, ConfigProblems& problems) const {
    if (!check_) {
        return;
    }
    if (auto problem = check_(next)) {
        problems.add(std::move(*problem));
    }
}

ConfigDesk::Answer ConfigWorker::do_change(const std::string& body, const std::string& by) {
    const auto parsed = parse_config_request(body);
    if (const auto* bad = std::get_if<BadConfigRequest>(&parsed)) {
        count(&Counts::invalid);
        return config_error(bad->is_json ? ErrorCode::BadRequest : ErrorCode::BadJson,
                            bad->message);
    }
    if (const auto* problems = std::get_if<ConfigProblems>(&parsed)) {
        return refuse(*problems, by);
    }
    return apply_request(std::get<ConfigRequest>(parsed), by);
}

ConfigDesk::Answer ConfigWorker::apply_request(const ConfigRequest& request,
                                               const std::string& by) {
    const bool saves = request.save.value_or(!places_.directory.empty());
    if (saves && places_.directory.empty()) {
        count(&Counts::invalid);
        return config_error(ErrorCode::BadRequest,
                            "\"save\" is refused: the server runs without --config, so there is "
                            "no file; accepted is false");
    }
    Config next = config_;
    for (const SettingEdit& edit : request.edits) {
        if (edit.setting->read(config_) != edit.value) {
            edit.setting->write(next, edit.value);
            next.origins[edit.setting->name] = "api";
        }
    }
    ConfigProblems problems;
    const auto place_of = [&](const std::string& name) {
        const auto found = next.origins.find(name);
        return (found == next.origins.end() ? "default" : found->second) + " " + name;
    };
    check_together(next, place_of, problems);
    check_as_start(next, problems);
    if (!problems.is_empty()) {
        return refuse(problems, by);
    }
    const ReloadPlan plan = plan_reload(config_, next);
    if (!plan.is_possible()) {
        return refuse(plan, by);
    }
    std::vector<FileEdit> edits;
    if (saves) {
        auto planned = plan_save(places_, request.edits);
        if (!planned) {
            return refuse(planned.error(), by);
        }
        edits = std::move(planned).value();
    }
    ConfigOutcome outcome;
    for (const FileEdit& edit : edits) {
        outcome.saved += (outcome.saved.empty() ? "" : ", ") + edit.name;
    }
    outcome.hash = config_hash(next);
    outcome.dry_run = request.dry_run;
    if (request.dry_run) {
        return changed_answer(plan, outcome);
    }
    auto files = PreparedFiles::prepare(std::move(edits));
    if (!files) {
        return fail(config_error(ErrorCode::NotSaved, files.error().message), by);
    }
    Answer refusal;
    if (!plan.is_empty() && !hand_over(next, plan, by, outcome.sequence, refusal)) {
        return refusal;
    }
    if (const auto done = files->commit(); !done) {
        outcome.saved.clear();
        outcome.warning = "it acts, but it is not saved: " + done.error().message;
        log_error("config", "{}: {}", by, outcome.warning);
    } else if (!outcome.saved.empty()) {
        log_info("config", "{}: saved in {}", by, outcome.saved);
        if (auto loaded = load_config_from(places_)) {  // for the new lines
            for (const SettingEdit& edit : request.edits) {
                next.origins[edit.setting->name] = loaded->origins[edit.setting->name];
            }
        }
    }
    take(std::move(next));
    count(plan.is_empty() ? &Counts::unchanged : &Counts::applied);
    return changed_answer(plan, outcome);
}

ConfigDesk::Answer ConfigWorker::do_reload(const std::string& by) {
    auto loaded = load_config_from(places_);
    if (!loaded) {
        return refuse(loaded.error(), by);
    }
    Config next = std::move(loaded).value();
    ConfigProblems problems;
    check_as_start(next, problems);
    if (!problems.is_empty()) {
        return refuse(problems, by);
    }
    ReloadPlan plan = plan_reload(config_, next);
    if (condition_table_text(next) != condition_table_ &&
        next.pipeline.intake.condition_table == config_.pipeline.intake.condition_table) {
        plan.needs_restart.push_back({next.pipeline.intake.condition_table, "as it was", "changed",
                                      "null", "null", SettingChange::Restart, false});
    }
    if (!plan.is_possible()) {
        return refuse(plan, by);
    }
    // The same rules may have moved to other lines; the engine asks whether they are the same.
    next.pipeline.rules.user = config_.pipeline.rules.user;
    ConfigOutcome outcome;
    outcome.hash = config_hash(next);
    Answer refusal;
    if (!plan.is_empty() && !hand_over(next, plan, by, outcome.sequence, refusal)) {
        return refusal;
    }
    if (plan.is_empty()) {
        log_info("config", "{}: nothing has changed", by);
    }
    take(std::move(next));
    count(plan.is_empty() ? &Counts::unchanged : &Counts::applied);
    return changed_answer(plan, outcome);
}

bool ConfigWorker::hand_over(Config next, const ReloadPlan& plan, const std::string& by,
                             std::uint64_t& sequence, Answer& refusal) {
    const Reconfigure command{std::make_shared<const Config>(std::move(next)), plan.summary()};
    const auto found = ask_engine(commands_, command, by, [this] {
        const std::lock_guard lock(mutex_);
        return ends_;
    });
    if (!found) {
        refusal = fail(config_error(ErrorCode::Busy, "the engine takes no command now"), by);
        return false;
    }
    const CommandAnswer& answer = *found;
    if (answer.code != CommandAnswer::Code::Done) {
        const bool stops = answer.code == CommandAnswer::Code::Stopping;
        refusal =
            fail(config_error(stops ? ErrorCode::NotReady : ErrorCode::Refused, answer.text), by);
        return false;
    }
    sequence = answer.sequence;
    log_info("config", "{} changed {}", by, plan.summary());
    return true;
}

/// `next` acts from now on.
void ConfigWorker::take(Config next) {
    const bool differs = config_hash(next) != config_hash(config_);
    config_ = std::move(next);
    if (places_.known_files) {
        places_.known_files->merge(files_there(places_));
    }
    if (!differs) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        counts_.hash = config_hash(config_);
        counts_.changed = clock_.wall();
    }
    for (const Observer& observer : observers_) {
        observer(config_);
    }
}

}  // namespace tickstock
