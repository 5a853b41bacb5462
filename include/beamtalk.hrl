%%% Shared vocabulary of the Erlang rooms: the error record and the spelling of the tag key.
%%% Functions on both live in beamtalk_error and beamtalk_tag.

-ifndef(BEAMTALK_HRL).
-define(BEAMTALK_HRL, true).

%% The key that makes a map a Beamtalk object. A macro, because the hot paths match on it.
%% A message whose answer nobody wants: `{?BT_TELL, Selector}' or `{?BT_TELL, Selector, Argument}'.
-define(BT_TELL, '$beamtalk_tell').
%% A message with a future: `{?BT_SEND, Ref, Selector, Arguments}'.
-define(BT_SEND, '$beamtalk_send').
%% Answered through the alias it carries: a message that came before it has been handled.
-define(BT_PROBE, '$beamtalk_probe').

%% What stands in `{beamtalk_future, Key}': the key of a message, or a process.
-define(IS_FUTURE_KEY(Key), (is_pid(Key) orelse is_reference(element(1, Key)))).

-define(BT_TAG, '$beamtalk_class').

-record(beamtalk_error, {
    kind :: atom(),
    class :: atom(),
    selector :: atom(),
    message = <<>> :: binary(),
    hint :: binary() | undefined,
    details = #{} :: map()
}).

-endif.
