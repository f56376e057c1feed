#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/commands.hpp"

namespace tickstock {

/// Posts a command and waits for the engine's answer. Nothing when the queue takes none or when
/// `gives_up`, asked every 100 ms, says so: then the engine may still do it. Any thread but the
/// sequencer's.
std::optional<CommandAnswer> ask_engine(CommandQueue& commands, CommandAction action,
                                        const std::string& by,
                                        const std::function<bool()>& gives_up);

}  // namespace tickstock
