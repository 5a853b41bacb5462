%%% @doc Primitives of TestCase that need no runtime, and the one-line summary of TestResult.
-module(beamtalk_test_case_ops).

-export([fail/2, summary/1]).

-spec fail(term(), term()) -> no_return().
fail(_TestCase, Message) ->
    Error = beamtalk_error:new(assertion_failed, 'TestCase'),
    beamtalk_error:raise(beamtalk_error:with_message(Error, text(Message))).

text(Message) when is_binary(Message) -> Message;
text(Message) when is_atom(Message) -> atom_to_binary(Message);
text(Message) -> beamtalk_printer:term_text(Message).

%% @doc Summary of a TestResult.
-spec summary(map()) -> binary().
summary(#{total := Total, passed := Passed, failed := Failed, duration := Seconds}) ->
    beamtalk_printer:test_summary(Total, Passed, Failed, Seconds).
