%%% @doc Core Erlang text → the tokens of OTP's `core_scan', from a binary instead of a list of characters.
%%%
%%% Reading the text is a third of what a class costs to load, and most of it is OTP's scanner, which makes a list of the whole text and goes over
%%% it twice. This one knows the forms our generator writes; for everything else (escapes, characters, odd numbers, errors) it gives up, and
%%% OTP's scanner does the work. A test compares both on the library.
-module(beamtalk_core_scan).

-export([tokens/1]).

-define(IS_DIGIT(C), C >= $0, C =< $9).
-define(IS_LOWER(C), C >= $a, C =< $z).
-define(IS_UPPER(C), C >= $A, C =< $Z).

-spec tokens(binary()) -> {ok, [tuple()]} | {error, {core_scan_error, term()}}.
tokens(Text) ->
    case scan(Text, 1, []) of
        {ok, Tokens} -> {ok, Tokens};
        other -> by_otp(Text)
    end.

%% The scanner reads quoted atoms as UTF-8 bytes, so the bytes of the text are the right list.
by_otp(Text) ->
    case core_scan:string(binary_to_list(Text)) of
        {ok, Tokens, _} -> {ok, Tokens};
        {error, Reason, _} -> {error, {core_scan_error, Reason}}
    end.

scan(<<$\s, Rest/binary>>, Line, Tokens) ->
    scan(Rest, Line, Tokens);
scan(<<$\n, Rest/binary>>, Line, Tokens) ->
    scan(Rest, Line + 1, Tokens);
scan(<<$', Rest/binary>>, Line, Tokens) ->
    Size = plain(Rest, $', 0),
    case Rest of
        <<Name:Size/binary, $', Behind/binary>> when Size =< 1020 ->
            scan(Behind, Line, [{atom, Line, binary_to_atom(Name, utf8)} | Tokens]);
        _ ->
            other
    end;
scan(<<"->", Rest/binary>>, Line, Tokens) ->
    scan(Rest, Line, [{'->', Line} | Tokens]);
scan(<<"-|", Rest/binary>>, Line, Tokens) ->
    scan(Rest, Line, [{'-|', Line} | Tokens]);
scan(<<"=>", Rest/binary>>, Line, Tokens) ->
    scan(Rest, Line, [{'=>', Line} | Tokens]);
scan(<<":=", Rest/binary>>, Line, Tokens) ->
    scan(Rest, Line, [{':=', Line} | Tokens]);
scan(<<C, Rest/binary>> = All, Line, Tokens) when ?IS_LOWER(C) ->
    Size = 1 + name(Rest, 0),
    <<Word:Size/binary, Behind/binary>> = All,
    scan(Behind, Line, [{binary_to_atom(Word, latin1), Line} | Tokens]);
scan(<<C, Rest/binary>> = All, Line, Tokens) when ?IS_UPPER(C); C =:= $_ ->
    Size = 1 + name(Rest, 0),
    <<Word:Size/binary, Behind/binary>> = All,
    scan(Behind, Line, [{var, Line, binary_to_atom(Word, latin1)} | Tokens]);
scan(<<"16#", Rest/binary>>, Line, Tokens) ->
    case hexadecimal(Rest, 0) of
        0 ->
            other;
        Size ->
            <<Digits:Size/binary, Behind/binary>> = Rest,
            scan(Behind, Line, [{integer, Line, binary_to_integer(Digits, 16)} | Tokens])
    end;
scan(<<C, Rest/binary>> = All, Line, Tokens) when ?IS_DIGIT(C) ->
    integer(All, 1 + digits(Rest, 0), Line, Tokens);
scan(<<$-, C, Rest/binary>> = All, Line, Tokens) when ?IS_DIGIT(C) ->
    integer(All, 2 + digits(Rest, 0), Line, Tokens);
scan(<<$", Rest/binary>>, Line, Tokens) ->
    Size = plain(Rest, $", 0),
    case Rest of
        <<Text:Size/binary, $", Behind/binary>> -> scan(Behind, Line, [{string, Line, binary_to_list(Text)} | Tokens]);
        _ -> other
    end;
scan(<<C, Rest/binary>>, Line, Tokens) ->
    case punctuation(C) of
        other -> other;
        Token -> scan(Rest, Line, [{Token, Line} | Tokens])
    end;
scan(<<>>, _, Tokens) ->
    {ok, lists:reverse(Tokens)}.

punctuation($() -> '(';
punctuation($)) -> ')';
punctuation(${) -> '{';
punctuation($}) -> '}';
punctuation($[) -> '[';
punctuation($]) -> ']';
punctuation($<) -> '<';
punctuation($>) -> '>';
punctuation($,) -> ',';
punctuation($|) -> '|';
punctuation($/) -> '/';
punctuation($=) -> '=';
punctuation($:) -> ':';
punctuation($#) -> '#';
punctuation($~) -> '~';
punctuation(_) -> other.

%% Length of quoted text that needs no decoding.
plain(<<C, Rest/binary>>, Quote, N) when C =/= Quote, C =/= $\\, C =/= $\n -> plain(Rest, Quote, N + 1);
plain(_, _, N) -> N.

name(<<C, Rest/binary>>, N) when ?IS_LOWER(C); ?IS_UPPER(C); ?IS_DIGIT(C); C =:= $_; C =:= $@ -> name(Rest, N + 1);
name(_, N) -> N.

digits(<<C, Rest/binary>>, N) when ?IS_DIGIT(C) -> digits(Rest, N + 1);
digits(_, N) -> N.

hexadecimal(<<C, Rest/binary>>, N) when ?IS_DIGIT(C); C >= $A, C =< $F -> hexadecimal(Rest, N + 1);
hexadecimal(_, N) -> N.

%% With a fraction or a radix it is something else.
integer(All, Size, Line, Tokens) ->
    case All of
        <<_:Size/binary, C, _/binary>> when C =:= $.; C =:= $# -> other;
        <<Digits:Size/binary, Rest/binary>> -> scan(Rest, Line, [{integer, Line, binary_to_integer(Digits)} | Tokens])
    end.
